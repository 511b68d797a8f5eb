;; CanonicalABI.md, "Resource State", "canon resource.new", "canon resource.drop", "canon resource.rep"; Explainer.md, "Type Checking"
(component
  (component $Owner
    (core module $Dtor
      (global (export "alive") (mut i32) (i32.const 0))
      (func (export "dtor") (param i32)))
    (core module $M
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "rep" (func $rep (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "get") (param i32) (result i32) (local.get 0))
      (func (export "take") (param i32) (result i32) (local $rep i32)
        (local.set $rep (call $rep (local.get 0))) (call $drop (local.get 0)) (local.get $rep)))
    (core instance $d (instantiate $Dtor))
    (type $r' (resource (rep i32) (dtor (core func $d "dtor"))))
    (export $r "r" (type $r'))
    (core func $new (canon resource.new $r'))
    (core func $rep (canon resource.rep $r'))
    (core func $drop (canon resource.drop $r'))
    (core instance $m (instantiate $M (with "" (instance
      (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))))
    (func (export "[constructor]r") (param "x" u32) (result (own $r)) (canon lift (core func $m "make")))
    (func (export "[method]r.get") (param "self" (borrow $r)) (result u32) (canon lift (core func $m "get")))
    (func (export "[static]r.take") (param "x" (own $r)) (result u32) (canon lift (core func $m "take"))))
  (component $User
    (import "owner" (instance $o
      (export "r" (type $r (sub resource)))
      (export "[constructor]r" (func (param "x" u32) (result (own $r))))
      (export "[method]r.get" (func (param "self" (borrow $r)) (result u32)))
      (export "[static]r.take" (func (param "x" (own $r)) (result u32)))))
    (alias export $o "r" (type $r))
    (core func $make (canon lower (func $o "[constructor]r")))
    (core func $get (canon lower (func $o "[method]r.get")))
    (core func $take (canon lower (func $o "[static]r.take")))
    (core func $drop (canon resource.drop $r))
    (core module $M
      (import "" "make" (func $make (param i32) (result i32)))
      (import "" "get" (func $get (param i32) (result i32)))
      (import "" "take" (func $take (param i32) (result i32)))
      (import "" "drop" (func $drop (param i32)))
      (func (export "borrowed") (param i32) (result i32) (local $h i32) (local $v i32)
        (local.set $h (call $make (local.get 0)))
        (local.set $v (i32.add (call $get (local.get $h)) (call $get (local.get $h))))
        (call $drop (local.get $h)) (local.get $v))
      (func (export "given") (param i32) (result i32) (call $take (call $make (local.get 0))))
      (func (export "handle") (result i32) (call $make (i32.const 1)))
      (func (export "given-twice") (local $h i32)
        (local.set $h (call $make (i32.const 1))) (drop (call $take (local.get $h))) (drop (call $take (local.get $h))))
      (func (export "dropped-twice") (local $h i32)
        (local.set $h (call $make (i32.const 1))) (call $drop (local.get $h)) (call $drop (local.get $h)))
      (func (export "zero") (drop (call $get (i32.const 0)))))
    (core instance $m (instantiate $M (with "" (instance
      (export "make" (func $make)) (export "get" (func $get)) (export "take" (func $take)) (export "drop" (func $drop))))))
    (func (export "borrowed") (param "x" u32) (result u32) (canon lift (core func $m "borrowed")))
    (func (export "given") (param "x" u32) (result u32) (canon lift (core func $m "given")))
    (func (export "handle") (result u32) (canon lift (core func $m "handle")))
    (func (export "given-twice") (canon lift (core func $m "given-twice")))
    (func (export "dropped-twice") (canon lift (core func $m "dropped-twice")))
    (func (export "zero") (canon lift (core func $m "zero"))))
  (instance $o (instantiate $Owner))
  (instance $u (instantiate $User (with "owner" (instance $o))))
  (func (export "borrowed") (alias export $u "borrowed"))
  (func (export "given") (alias export $u "given"))
  (func (export "handle") (alias export $u "handle"))
  (func (export "given-twice") (alias export $u "given-twice")))
(assert_return (invoke "borrowed" (u32.const 21)) (u32.const 42))
(assert_return (invoke "given" (u32.const 5)) (u32.const 5))
;; handles begin at 1, and those that are free are used again
(assert_return (invoke "handle") (u32.const 1))
(assert_return (invoke "handle") (u32.const 2))
(assert_trap (invoke "given-twice") "unknown handle index")

;; each instance of a component makes resources of a type of its own
(assert_invalid
  (component
    (component $C (type $r' (resource (rep i32))) (export $r "r" (type $r'))
      (core module $M (func (export "f") (param i32))) (core instance $m (instantiate $M))
      (func (export "f") (param "x" (own $r)) (canon lift (core func $m "f"))))
    (instance $a (instantiate $C))
    (instance $b (instantiate $C))
    (component $U
      (import "r" (type $r (sub resource)))
      (import "f" (func (param "x" (own $r)))))
    (instance (instantiate $U (with "r" (type $a "r")) (with "f" (func $b "f")))))
  "resource types are not the same")
(component definition
  (component $C (type $r' (resource (rep i32))) (export $r "r" (type $r'))
    (core module $M (func (export "f") (param i32))) (core instance $m (instantiate $M))
    (func (export "f") (param "x" (own $r)) (canon lift (core func $m "f"))))
  (instance $a (instantiate $C))
  (component $U
    (import "r" (type $r (sub resource)))
    (import "f" (func (param "x" (own $r)))))
  (instance (instantiate $U (with "r" (type $a "r")) (with "f" (func $a "f")))))

;; only the component that defines a resource makes one, or sees what represents it
(assert_invalid (component (import "r" (type $r (sub resource))) (core func (canon resource.new $r))) "not a local resource")
(assert_invalid (component (import "r" (type $r (sub resource))) (core func (canon resource.rep $r))) "not a local resource")
(component definition (import "r" (type $r (sub resource))) (core func (canon resource.drop $r)))
(assert_invalid (component (type $t u32) (core func (canon resource.drop $t))) "not a resource type")
(assert_invalid (component (type (instance (type (resource (rep i32)))))) "resources can only be defined within a concrete component")
(assert_invalid
  (component
    (core module $M (func (export "d") (param i64))) (core instance $m (instantiate $M))
    (type (resource (rep i32) (dtor (core func $m "d")))))
  "wrong signature for a destructor")
;; what is local must be exported before it is used in an export
(assert_invalid
  (component
    (type $r (resource (rep i32)))
    (core module $M (func (export "f") (param i32))) (core instance $m (instantiate $M))
    (func $f (param "x" (own $r)) (canon lift (core func $m "f")))
    (export "f" (func $f)))
  "func not valid to be used as export")
(assert_invalid (component (type $r (resource (rep i32))) (import "f" (func (result (own $r))))) "func not valid to be used as import")
;; a result holds no borrow
(assert_invalid (component (import "r" (type $r (sub resource))) (type (func (result (borrow $r))))) "function result cannot contain a `borrow`")
(assert_invalid (component (import "r" (type $r (sub resource))) (type (func (result (list (borrow $r)))))) "function result cannot contain a `borrow`")
