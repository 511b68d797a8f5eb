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

;; names that stand twice: in the type of a core module, in core instances, among arguments
(assert_invalid (component (core type (module (import "a" "f" (func)) (import "a" "f" (func))))) "duplicate import name")
(assert_invalid (component (core type (module (export "f" (func)) (export "f" (func))))) "already defined")
(assert_invalid (component (core module (import "a" "f" (func)) (import "a" "f" (global i32)))) "duplicate import name")
(assert_invalid
  (component (core module $m) (core instance $a (instantiate $m)) (core instance (instantiate $m (with "a" (instance $a)) (with "a" (instance $a)))))
  "duplicate module instantiation argument")
(assert_invalid
  (component (core module $m (func (export "f"))) (core instance $i (instantiate $m))
    (core instance (export "f" (func $i "f")) (export "f" (func $i "f"))))
  "already defined")
(assert_invalid (component (import "f" (func $f)) (instance (export "f" (func $f)) (export "F" (func $f)))) "conflicts with previous name")
;; canonical options that stand twice, and memory for what is not flat
(assert_invalid (component (import "f" (func $f)) (core func (canon lower (func $f) string-encoding=utf8 string-encoding=utf16))) "conflicts with option")
(assert_invalid
  (component (import "f" (func $f)) (core module $m (memory (export "m") 1)) (core instance $i (instantiate $m))
    (core func (canon lower (func $f) (memory (core memory $i "m")) (memory (core memory $i "m")))))
  "specified more than once")
(assert_invalid
  (component (core module $m (func (export "f") (result i32) unreachable)) (core instance $i (instantiate $m))
    (func (result (tuple u32 u32)) (canon lift (core func $i "f"))))
  "canonical option `memory` is required")
(assert_invalid (component (import "f" (func $f (result (tuple u32 u32)))) (core func (canon lower (func $f)))) "canonical option `memory` is required")
;; 32 flags and no more
(component definition (type (flags
  "a0" "a1" "a2" "a3" "a4" "a5" "a6" "a7" "b0" "b1" "b2" "b3" "b4" "b5" "b6" "b7"
  "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "d0" "d1" "d2" "d3" "d4" "d5" "d6" "d7")))
(assert_invalid (component (type (flags
  "a0" "a1" "a2" "a3" "a4" "a5" "a6" "a7" "b0" "b1" "b2" "b3" "b4" "b5" "b6" "b7"
  "c0" "c1" "c2" "c3" "c4" "c5" "c6" "c7" "d0" "d1" "d2" "d3" "d4" "d5" "d6" "d7" "e0"))) "cannot have more than 32 flags")
;; the sort of a type that an import or export claims
(assert_invalid (component (core type $f (func)) (component (import "m" (core module (type $f))))) "not a module type")
(assert_invalid (component (type $f (func)) (component (import "i" (instance (type $f))))) "not an instance type")
(assert_invalid (component (type $i (instance)) (component (import "c" (component (type $i))))) "not a component type")

;; aliases in types: of types and instances, from instances and from outside
(component definition $a
  (type $t (list u8))
  (core type $f (func (param i32)))
  (type (component
    (import "i" (instance $i (export "r" (type (sub resource))) (export "j" (instance (export "f" (func))))))
    (alias export $i "r" (type $r)) (alias export $i "j" (instance $j))
    (alias outer $a $t (type $t)) (alias outer $a $f (core type))
    (export "f" (func (param "x" $t) (result (own $r)))))))
(assert_invalid
  (component (type (component (import "i" (instance $i (export "f" (func)))) (alias export $i "f" (func)))))
  "may only refer to types or instances")
(assert_invalid (component $a (component $c) (type (instance (alias outer $a $c (component))))) "may only refer to types or instances")
;; a resource counts wherever it is in what an outer alias takes along
(assert_invalid
  (component $a (type $r (resource (rep i32))) (type $c (component (export "t" (type (eq $r))))) (component (alias outer $a $c (type))))
  "refers to resources not defined in the current component")
(assert_invalid
  (component $a (type $r (resource (rep i32))) (type $c (component (import "t" (type (eq $r))))) (component (alias outer $a $c (type))))
  "refers to resources not defined in the current component")

;; arguments: types part by part, and what is asked of instances inside instances and of core modules
(component definition
  (import "r" (type $r (sub resource))) (import "r-too" (type $r2 (eq $r)))
  (type $handles (record (field "mine" (own $r)) (field "theirs" (list (option (own $r2))))))
  (import "handles" (type $h (eq $handles))) (import "f" (func $f (param "x" $h)))
  (component $c
    (import "s" (type $s (sub resource)))
    (type $handles (record (field "mine" (own $s)) (field "theirs" (list (option (own $s))))))
    (import "h" (type $h (eq $handles))) (import "f" (func (param "x" $h))))
  (instance (instantiate $c (with "s" (type $r)) (with "h" (type $h)) (with "f" (func $f)))))
(assert_invalid
  (component
    (import "r" (type $r (sub resource))) (import "q" (type $q (sub resource))) (import "f" (func $f (param "x" (list (own $q)))))
    (component $c (import "s" (type $s (sub resource))) (import "f" (func (param "x" (list (own $s))))))
    (instance (instantiate $c (with "s" (type $r)) (with "f" (func $f)))))
  "resource types are not the same")
(assert_invalid (component (type $t u32) (component $c (import "s" (type (sub resource)))) (instance (instantiate $c (with "s" (type $t))))) "expected resource, found defined type")
(assert_invalid (component (component $c (import "s" (type (sub resource)))) (instance (instantiate $c))) "missing import named `s`")
(assert_invalid
  (component (component
    (import "i" (instance $i (export "j" (instance (export "f" (func (param "x" u8)))))))
    (component $c (import "i" (instance (export "j" (instance (export "f" (func (param "x" s8))))))))
    (instance (instantiate $c (with "i" (instance $i))))))
  "type mismatch in instance export `j`")
(assert_invalid
  (component
    (core module $m (import "a" "g" (func)))
    (component $c (import "m" (core module (import "a" "g" (global i32)))))
    (instance (instantiate $c (with "m" (core module $m)))))
  "type mismatch in import `a::g`")
(assert_invalid
  (component
    (core module $m)
    (component $c (import "m" (core module (export "t" (table 1 funcref)))))
    (instance (instantiate $c (with "m" (core module $m)))))
  "missing expected export `t`")
(assert_invalid
  (component
    (core module $a (table (export "t") 1 5 funcref)) (core module $b (import "a" "t" (table 1 4 funcref)))
    (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i)))))
  "mismatch in table limits")
(assert_invalid
  (component
    (core module $a (global (export "g") i64 (i64.const 0))) (core module $b (import "a" "g" (global i32)))
    (core instance $i (instantiate $a)) (core instance (instantiate $b (with "a" (instance $i)))))
  "expected global type i32, found i64")
(assert_invalid (component (core type (module (import "a" "m" (memory 65537))))) "memory size must be at most")
