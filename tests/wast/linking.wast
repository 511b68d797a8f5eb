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
