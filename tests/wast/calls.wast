;; CanonicalABI.md, "canon lift", "canon lower": realloc, post-return, leaving, dying
(component $Post
  (core module $M
    (global $n (mut i32) (i32.const 0))
    (memory (export "m") 1)
    (func (export "f") (result i32) (i32.store (i32.const 8) (i32.const 64)) (i32.store (i32.const 12) (i32.const 2)) (i32.const 8))
    (data (i32.const 64) "ok")
    (func (export "post") (param i32) (if (i32.ne (local.get 0) (i32.const 8)) (then unreachable))
      (global.set $n (i32.add (global.get $n) (i32.const 1))))
    (func (export "n") (result i32) (global.get $n)))
  (core instance $i (instantiate $M))
  (func (export "f") (result string)
    (canon lift (core func $i "f") (memory (core memory $i "m")) (post-return (core func $i "post"))))
  (func (export "n") (result u32) (canon lift (core func $i "n"))))
(assert_return (invoke "n") (u32.const 0))
(assert_return (invoke "f") (str.const "ok"))
(assert_return (invoke "n") (u32.const 1))

;; post-return and realloc may not call out
(component definition $Leaving
  (component $Other
    (core module $M (func (export "f")))
    (core instance $i (instantiate $M))
    (func (export "f") (canon lift (core func $i "f"))))
  (instance $other (instantiate $Other))
  (core func $f (canon lower (func $other "f")))
  (core module $M
    (import "o" "f" (func $f))
    (memory (export "m") 1)
    (func (export "go") call $f)
    (func (export "take") (param i32 i32))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) call $f (i32.const 0))
    (func (export "post") call $f))
  (core instance $i (instantiate $M (with "o" (instance (export "f" (func $f))))))
  (func (export "go") (canon lift (core func $i "go")))
  (func (export "post") (canon lift (core func $i "go") (post-return (core func $i "post"))))
  (func (export "take") (param "x" string)
    (canon lift (core func $i "take") (memory (core memory $i "m")) (realloc (core func $i "realloc")))))
(component instance $l $Leaving)
(assert_return (invoke "go"))
(assert_trap (invoke "post") "cannot leave component instance")
(component instance $l $Leaving)
(assert_trap (invoke "take" (str.const "x")) "cannot leave component instance")

;; realloc that answers out of bounds or without alignment
(component definition $Realloc
  (core module $M
    (memory (export "m") 1)
    (func (export "out") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
    (func (export "odd") (param i32 i32 i32 i32) (result i32) (i32.const 3))
    (func (export "f") (param i32 i32)))
  (core instance $i (instantiate $M))
  (func (export "out") (param "x" (list u32))
    (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "out"))))
  (func (export "odd") (param "x" (list u32))
    (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "odd")))))
(component instance $r $Realloc)
(assert_trap (invoke "out" (list.const (u32.const 1))) "realloc return: beyond end of memory")
(component instance $r $Realloc)
(assert_trap (invoke "odd" (list.const (u32.const 1))) "realloc return: result not aligned")

;; whatever traps: the first cause stays
(component $Dies
  (core module $M
    (func (export "f") unreachable)
    (func (export "ok")))
  (core instance $i (instantiate $M))
  (func (export "f") (canon lift (core func $i "f")))
  (func (export "ok") (canon lift (core func $i "ok"))))
(assert_return (invoke "ok"))
(assert_trap (invoke "f") "unreachable")
(assert_trap (invoke "ok") "cannot enter component instance")

(component
  (core module $M (func $self (export "deep") (call $self)))
  (core instance $i (instantiate $M))
  (func (export "deep") (canon lift (core func $i "deep"))))
(assert_exhaustion (invoke "deep") "call stack exhausted")

;; a start function that traps
(assert_trap
  (component (core module $M (func $s unreachable) (start $s)) (core instance (instantiate $M)))
  "unreachable")
;; an import that nobody gives
(assert_unlinkable (component (import "nobody" (func))) "import not found")
