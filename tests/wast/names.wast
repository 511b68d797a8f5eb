;; Explainer.md, "Import and Export Definitions": names, what they say, and which cannot stand beside each other
(component definition
  (import "a" (func)) (import "a-b2" (func)) (import "HTTP-server" (func)) (import "a-1b" (func))
  (import "a:b/c" (func)) (import "a:b/c@1.0.0" (func)) (import "a:b/c@1.0.0-rc.1+build" (func)))
(assert_invalid (component (import "" (func))) "not a valid extern name")
(assert_invalid (component (import "1a" (func))) "not in kebab case")
(assert_invalid (component (import "a_b" (func))) "not in kebab case")
(assert_invalid (component (import "aB" (func))) "not in kebab case")
(assert_invalid (component (import "a--b" (func))) "not in kebab case")
(assert_invalid (component (import "a-" (func))) "not in kebab case")
(assert_invalid (component (import "A:b/c" (func))) "not lowercase")
(assert_invalid (component (import "a:b" (func))) "expected `/` after package name")
(assert_invalid (component (import "a:b/c@1" (func))) "unexpected end of input")
(assert_invalid (component (import "a:b/c@01.0.0" (func))) "invalid leading zero")
(assert_invalid (component (import "a:b/c@1.0.0-01" (func))) "invalid leading zero")
;; forms that the text has given up for the attribute external-id
(assert_invalid (component (import "url=<https://example.com/a>" (func))) "not a valid extern name")
(assert_invalid (component (import "url=<x>,integrity=<sha256-YQ==>" (func))) "not a valid extern name")
(assert_invalid (component (import "locked-dep=<a:b@1.2.3>" (func))) "not a valid extern name")
(assert_invalid (component (import "unlocked-dep=<a:b@{>=1.0.0 <2.0.0}>" (func))) "not a valid extern name")
(assert_invalid (component (import "integrity=<sha256-YQ==>" (func))) "not a valid extern name")

;; strongly-unique: case and hyphens do not tell names apart
(assert_invalid (component (import "a" (func)) (import "a" (func))) "conflicts with previous name")
(assert_invalid (component (import "ab" (func)) (import "AB" (func))) "conflicts with previous name")
(assert_invalid (component (import "a-b" (func)) (import "ab" (func))) "conflicts with previous name")
(assert_invalid (component (type (record (field "a-b" u8) (field "A-B" u8)))) "conflicts with previous field name")
(assert_invalid (component (type (func (param "x" u8) (param "X" u8)))) "conflicts with previous parameter name")
(component definition (import "a" (func $f)) (export "a" (func $f)))

;; constructors, methods and static functions
(component definition
  (import "r" (type $r (sub resource)))
  (import "[constructor]r" (func (result (own $r))))
  (import "[method]r.m" (func (param "self" (borrow $r)) (result u32)))
  (import "[static]r.s" (func)))
(component definition
  (import "r" (type $r (sub resource)))
  (import "[constructor]r" (func (result (result (own $r) (error string))))))
(assert_invalid (component (import "r" (type $r (sub resource))) (import "[constructor]r" (func))) "function should return one value")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "s" (type $s (sub resource)))
    (import "[constructor]r" (func (result (own $s)))))
  "function does not match expected resource name `s`")
(assert_invalid (component (import "r" (type $r (sub resource))) (import "[method]r.m" (func))) "at least one argument")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[method]r.m" (func (param "this" (borrow $r)))))
  "first argument called `self`")
(assert_invalid
  (component (import "r" (type $r (sub resource))) (import "[method]r.m" (func (param "self" (own $r)))))
  "first argument of `(borrow $T)`")
(assert_invalid (component (import "[static]r.s" (func))) "static resource name is not known")
(assert_invalid (component (import "[method]r.m" (instance))) "item is not a func")
(assert_invalid
  (component (import "r" (type $r (sub resource)))
    (import "[static]r.m" (func)) (import "[method]r.m" (func (param "self" (borrow $r)))))
  "conflicts with previous name")
(assert_invalid (component (import "[constructor]" (func))) "not a valid extern name")
(assert_invalid (component (import "[method]r" (func))) "not a valid extern name")
(assert_invalid (component (import "[static]r.a.b" (func))) "not a valid extern name")
;; a member must not be named like its resource; the constructor may
(component definition (import "r" (type $r (sub resource))) (import "[constructor]r" (func (result (own $r)))))
(assert_invalid (component (import "r" (type (sub resource))) (import "[static]r.r" (func))) "conflicts with previous name")
;; a member belongs to a resource that the same side names: imports, exports, or the type of an instance
(component definition
  (import "theirs" (type $t (sub resource))) (import "f" (func $f (param "self" (borrow $t))))
  (export $mine "mine" (type $t)) (export "[method]mine.f" (func $f) (func (param "self" (borrow $mine)))))
(assert_invalid
  (component (import "theirs" (type $t (sub resource))) (import "f" (func $f (param "self" (borrow $t)))) (export "[method]theirs.f" (func $f)))
  "does not have a name in this context")
(assert_invalid
  (component (import "i" (instance $i (export "r" (type (sub resource))))) (alias export $i "r" (type $r))
    (import "[method]r.f" (func (param "self" (borrow $r)))))
  "does not have a name in this context")
(component definition (type (component (export "i" (instance (export "r" (type (sub resource))) (export "[static]r.s" (func)))))))
(assert_invalid
  (component (type (instance (export "i" (instance (export "r" (type (sub resource))))) (export "[static]r.s" (func)))))
  "static resource name is not known")
;; labels of types and parameters are in kebab case
(assert_invalid (component (type (record (field "A_b" u8)))) "not in kebab case")
(assert_invalid (component (type (enum ""))) "cannot be empty")
(assert_invalid (component (type (func (param "1x" u8)))) "not in kebab case")

;; attributes
(component definition (import "mine" (implements "a:b/c@1.0.0") (instance)))
(assert_invalid (component (import "mine" (implements "a:b/c") (func))) "only instances can have an `implements`")
(assert_invalid (component (import "a:b/d" (implements "a:b/c") (instance))) "is not valid with `implements`")
(assert_invalid (component (import "mine" (implements "c") (instance))) "must be an interface")
;; they are no part of a name or a type
(assert_invalid (component (import "mine" (implements "a:b/c") (instance)) (import "mine" (implements "a:b/d") (instance))) "conflicts with previous name")
(component definition
  (import "given" (implements "a:b/d") (instance $given))
  (component $C (import "mine" (implements "a:b/c") (instance)))
  (instance (instantiate $C (with "mine" (instance $given)))))
