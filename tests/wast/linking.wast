;; Explainer.md, "Instance Definitions", "Alias Definitions": modules and components as values, handed from one to the other
(component
  (core module $M1 (func (export "get") (result i32) (i32.const 1)))
  (core module $M2 (func (export "get") (result i32) (i32.const 2)))
  (component $Wrap
    (import "m" (core module $M (export "get" (func (result i32)))))
    (core instance $i (instantiate $M))
    (func (export "get") (result u32) (canon lift (core func $i "get"))))
  (component $Twice
    (import "c" (component $C (export "get" (func (result u32)))))
    (instance $a (instantiate $C))
    (instance $b (instantiate $C))
    (export "get" (func $b "get")))
  (component $Bound
    (alias outer 1 $M2 (core module $M))
    (alias outer 1 $Wrap (component $W))
    (instance $i (instantiate $W (with "m" (core module $M))))
    (export "get" (func $i "get")))
  (instance $one (instantiate $Wrap (with "m" (core module $M1))))
  (instance $two (instantiate $Twice (with "c" (component $Bound))))
  (func (export "one") (alias export $one "get"))
  (func (export "two") (alias export $two "get")))
(assert_return (invoke "one") (u32.const 1))
(assert_return (invoke "two") (u32.const 2))

;; an instance inside an instance, and one that is made of what is there
(component
  (core module $M (func (export "f") (result i32) (i32.const 7)))
  (core instance $m (instantiate $M))
  (func $f (result u32) (canon lift (core func $m "f")))
  (instance $inner (export "f" (func $f)))
  (instance $outer (export "inner" (instance $inner)))
  (component $User
    (import "o" (instance $o (export "inner" (instance (export "f" (func (result u32)))))))
    (alias export $o "inner" (instance $i))
    (export "f" (func $i "f")))
  (instance $u (instantiate $User (with "o" (instance $outer))))
  (func (export "f") (alias export $u "f")))
(assert_return (invoke "f") (u32.const 7))

;; state is per instance; what is shared is one
(component definition $Counter
  (core module $M (global $n (mut i32) (i32.const 0))
    (func (export "next") (result i32) (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
  (core instance $m (instantiate $M))
  (func (export "next") (result u32) (canon lift (core func $m "next"))))
(component instance $a $Counter)
(component instance $b $Counter)
(assert_return (invoke $a "next") (u32.const 1))
(assert_return (invoke $a "next") (u32.const 2))
(assert_return (invoke $b "next") (u32.const 1))
;; an instance that is registered is found by its name
(register "counter" $a)
(component
  (import "counter" (instance $c (export "next" (func (result u32)))))
  (export "next" (func $c "next")))
(assert_return (invoke "next") (u32.const 3))
(assert_unlinkable
  (component (import "counter" (instance $c (export "previous" (func (result u32)))))) "not found")

;; all that a core module can export is shared, under another name too; start functions run in the order of the instances
(component
  (core module $Provider
    (memory (export "memory") 1)
    (table (export "table") 2 4 funcref)
    (global (export "constant") i32 (i32.const 40))
    (global (export "steps") (mut i64) (i64.const 0))
    (tag (export "failure") (param i32))
    (func $two (result i32) (i32.const 2))
    (elem (i32.const 1) func $two))
  (core module $Step
    (import "a" "s" (global $steps (mut i64)))
    (import "a" "by" (global $by i64))
    (func $start (global.set $steps (i64.add (i64.mul (global.get $steps) (i64.const 10)) (global.get $by))))
    (start $start))
  (core module $By1 (global (export "by") i64 (i64.const 1)))
  (core module $By2 (global (export "by") i64 (i64.const 2)))
  (core module $User
    (import "all" "mem" (memory 1))
    (import "all" "tab" (table 1 8 funcref))
    (import "all" "forty" (global $forty i32))
    (import "all" "count" (global $count (mut i64)))
    (import "all" "oops" (tag (param i32)))
    (func (export "sum") (result i32) (i32.add (global.get $forty) (call_indirect (result i32) (i32.const 1))))
    (func (export "count") (result i64) (global.get $count))
    (func (export "store") (param i32) (i32.store (i32.const 8) (local.get 0))))
  (core module $Reader
    (import "p" "memory" (memory 1))
    (func (export "load") (result i32) (i32.load (i32.const 8))))
  (core instance $p (instantiate $Provider))
  (core instance $by1 (instantiate $By1))
  (core instance $by2 (instantiate $By2))
  (core instance (instantiate $Step (with "a" (instance (export "s" (global $p "steps")) (export "by" (global $by1 "by"))))))
  (core instance (instantiate $Step (with "a" (instance (export "s" (global $p "steps")) (export "by" (global $by2 "by"))))))
  (core instance $u (instantiate $User (with "all" (instance
    (export "mem" (memory $p "memory")) (export "tab" (table $p "table")) (export "forty" (global $p "constant"))
    (export "count" (global $p "steps")) (export "oops" (tag $p "failure"))))))
  (core instance $r (instantiate $Reader (with "p" (instance $p))))
  (func (export "sum") (result u32) (canon lift (core func $u "sum")))
  (func (export "count") (result u64) (canon lift (core func $u "count")))
  (func (export "store") (param "x" u32) (canon lift (core func $u "store")))
  (func (export "load") (result u32) (canon lift (core func $r "load"))))
(assert_return (invoke "sum") (u32.const 42))
(assert_return (invoke "count") (u64.const 12))
(assert_return (invoke "store" (u32.const 7)))
(assert_return (invoke "load") (u32.const 7))

;; an alias of what is here already
(component definition $here
  (core module $m (func (export "f")))
  (type $t (list u8))
  (alias outer 0 $m (core module $m2)) (alias outer $here $t (type $t2))
  (core instance $i (instantiate $m2))
  (component $c (import "t" (type (eq $t))))
  (instance (instantiate $c (with "t" (type $t2)))))
(component definition
  (core type $f (func (param i32))) (alias outer 0 $f (core type $f2))
  (core type (module (alias outer 1 $f2 (type $g)) (import "a" "f" (func (type $g))))))
