;; Explainer.md, "Type Checking", "Alias Definitions", "Instance Definitions": what is checked before anything runs, nested or not
;; a component that nothing instantiates is checked as well
(assert_invalid (component (component (export "f" (func 0)))) "function index out of bounds")
(assert_invalid (component (component (component (type (record)))))  "record type must have at least one field")
(assert_invalid (component (component (core module (func i32.add)))) "type mismatch")
(assert_invalid (component (component (core module $M (func (export "f"))) (core instance $i (instantiate $M)) (func (param "x" u32) (canon lift (core func $i "f"))))) "do not match parameter types")

;; indices
(assert_invalid (component (alias export 0 "a" (func))) "index out of bounds")
(assert_invalid (component (instance $i) (alias export $i "a" (func))) "no export named `a`")
(assert_invalid (component (import "i" (instance $i (export "a" (func)))) (alias export $i "a" (instance))) "is not a instance")
(assert_invalid (component (instance (instantiate 0))) "index out of bounds")
(assert_invalid (component (core instance (instantiate 0))) "index out of bounds")
(assert_invalid (component (type (list 0))) "index out of bounds")
(assert_invalid (component (type $f (func)) (type (list $f))) "not a defined type")
(assert_invalid (component (type $f u32) (import "f" (func (type $f)))) "not a function type")
(assert_invalid (component (import "f" (instance (type 0)))) "index out of bounds")

;; outer aliases
(assert_invalid (component (alias outer 1 0 (type))) "invalid outer alias count")
(assert_invalid (component $a (component (alias outer $a 0 (type)))) "index out of bounds")
(assert_invalid
  (component $a (type $r (resource (rep i32))) (component (alias outer $a $r (type))))
  "refers to resources not defined in the current component")
(assert_invalid
  (component $a (import "r" (type $r (sub resource))) (type $o (list (own $r))) (component (alias outer $a $o (type))))
  "refers to resources not defined in the current component")
(component definition $a (import "r" (type $r (sub resource))) (type (instance (alias outer $a $r (type)))))
(component definition $a (core module $m) (component $c) (type $t u32)
  (component (alias outer $a $m (core module)) (alias outer $a $c (component)) (alias outer $a $t (type))))
(assert_invalid (component $a (core module $m) (type (component (alias outer $a $m (core module))))) "may only refer to types or instances")

;; arguments of components
(assert_invalid (component (component $c (import "f" (func))) (instance (instantiate $c))) "missing import named `f`")
(assert_invalid (component (import "f" (func $f)) (component $c) (instance (instantiate $c (with "f" (func $f)) (with "f" (func $f))))) "conflicts with previous argument")
(assert_invalid
  (component (import "f" (func $f (param "x" u32))) (component $c (import "f" (func (param "x" u64))))
    (instance (instantiate $c (with "f" (func $f)))))
  "type mismatch for import `f`")
(assert_invalid
  (component (import "i" (instance $i)) (component $c (import "i" (instance (export "a" (func)))))
    (instance (instantiate $c (with "i" (instance $i)))))
  "missing expected export `a`")
(component definition
  (import "i" (instance $i (export "a" (func)) (export "b" (func))))
  (component $c (import "i" (instance (export "a" (func)))))
  (instance (instantiate $c (with "i" (instance $i)))))
;; of a component that is given, less may be imported and more exported than asked for
(component definition
  (component $given (import "a" (func $f)) (export "b" (func $f)) (export "c" (func $f)))
  (component $user (import "c" (component (import "a" (func)) (import "z" (func)) (export "b" (func)))))
  (instance (instantiate $user (with "c" (component $given)))))
(assert_invalid
  (component
    (component $given (import "a" (func $f)) (import "z" (func)) (export "b" (func $f)))
    (component $user (import "c" (component (import "a" (func)) (export "b" (func)))))
    (instance (instantiate $user (with "c" (component $given)))))
  "missing import named `z`")
(assert_invalid
  (component
    (component $given)
    (component $user (import "c" (component (export "b" (func)))))
    (instance (instantiate $user (with "c" (component $given)))))
  "missing export named `b`")

;; core modules, their types, and their arguments
(component definition
  (core module $m (import "a" "f" (func)) (memory (export "m") 2 4))
  (component $user (import "m" (core module (import "a" "f" (func)) (import "a" "g" (func)) (export "m" (memory 1)))))
  (instance (instantiate $user (with "m" (core module $m)))))
(assert_invalid
  (component
    (core module $m (memory (export "m") 1))
    (component $user (import "m" (core module (export "m" (memory 2)))))
    (instance (instantiate $user (with "m" (core module $m)))))
  "mismatch in memory limits")
(assert_invalid
  (component
    (core module $m (import "a" "f" (func)))
    (component $user (import "m" (core module)))
    (instance (instantiate $user (with "m" (core module $m)))))
  "missing expected import `a::f`")
(assert_invalid (component (core module $m (import "a" "f" (func))) (core instance (instantiate $m))) "missing module instantiation argument named `a`")
(assert_invalid
  (component (core module $a (global (export "g") i32 (i32.const 0))) (core module $b (import "a" "g" (global (mut i32))))
    (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i)))))
  "global types differ in mutability")
(assert_invalid
  (component (core module $a (table (export "t") 1 funcref)) (core module $b (import "a" "t" (table 2 funcref)))
    (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i)))))
  "mismatch in table limits")
(assert_invalid (component (core type (module (export "f" (func (type 0)))))) "type index out of bounds")
(component definition $a
  (core type $f (func (param i32)))
  (core type (module (alias outer $a $f (type $g)) (import "a" "f" (func (type $g))) (export "t" (tag (type $g))) (export "g" (global i32)))))

;; canonical options
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "f") (param i32 i32))) (core instance $i (instantiate $m))
    (func (param "x" string) (canon lift (core func $i "f") (memory (core memory $i "m")))))
  "canonical option `realloc` is required")
(assert_invalid
  (component (core module $m (func (export "f") (param i32 i32)) (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
    (core instance $i (instantiate $m)) (func (param "x" string) (canon lift (core func $i "f") (realloc (core func $i "r")))))
  "requires `memory`")
(assert_invalid
  (component (core module $m (memory (export "m") 1) (func (export "f") (param i32 i32)) (func (export "r") (param i32) (result i32) unreachable))
    (core instance $i (instantiate $m))
    (func (param "x" string) (canon lift (core func $i "f") (memory (core memory $i "m")) (realloc (core func $i "r")))))
  "`realloc` uses a core function with an incorrect signature")
(assert_invalid
  (component (core module $m (func (export "f") (result i32) unreachable) (func (export "p") (param i64))) (core instance $i (instantiate $m))
    (func (result u32) (canon lift (core func $i "f") (post-return (core func $i "p")))))
  "`post-return` uses a core function with an incorrect signature")
(assert_invalid
  (component (import "f" (func $f)) (core module $m (func (export "p"))) (core instance $i (instantiate $m))
    (core func (canon lower (func $f) (post-return (core func $i "p")))))
  "`post-return` cannot be specified for lowerings")
(assert_invalid
  (component (import "f" (func $f (result string))) (core func (canon lower (func $f))))
  "canonical option `memory` is required")

;; types that are seen must have names
(assert_invalid (component (import "f" (func (param "x" (record (field "a" u32)))))) "func not valid to be used as import")
(assert_invalid (component (type $r (record (field "a" u32))) (export "a" (type $r)) (import "f" (func (param "x" $r)))) "func not valid to be used as import")
(component definition (type $r' (record (field "a" u32))) (import "r" (type $r (eq $r'))) (import "f" (func (param "x" $r)) ) (export "r2" (type $r)))
(component definition (import "f" (func (param "x" (tuple u32 (option (list string)))))))
(assert_invalid
  (component (type $e (enum "a")) (type $r (record (field "e" $e))) (export "r" (type $r)))
  "type not valid to be used as export")
;; what an export claims to be must be what it is
(component definition (import "f" (func $f)) (instance $i (export "a" (func $f))) (export "i" (instance $i) (instance)))
(assert_invalid (component (import "f" (func $f)) (export "g" (func $f) (func (param "x" u8)))) "ascribed type of export is not compatible")
