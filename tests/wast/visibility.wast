;; Explainer.md, "External Visibility of Types": what an import or export shows has a name of its own before it
;; resources: its own under the name of the export, another's under that of the import
(component definition
  (core module $M (func (export "f") (result i32) unreachable))
  (core instance $m (instantiate $M))
  (import "theirs" (type $theirs (sub resource)))
  (type $mine' (resource (rep i32)))
  (export $mine "mine" (type $mine'))
  (import "more-of-theirs" (func (result (own $theirs))))
  (func (export "make-mine") (result (own $mine)) (canon lift (core func $m "f")))
  (func (export "make-theirs") (result (own $theirs)) (canon lift (core func $m "f"))))
(assert_invalid
  (component
    (core module $M (func (export "f") (result i32) unreachable)) (core instance $m (instantiate $M))
    (type $mine (resource (rep i32)))
    (func $f (result (own $mine)) (canon lift (core func $m "f")))
    (export "mine" (type $mine)) (export "f" (func $f)))
  "func not valid to be used as export")
(assert_invalid
  (component (type $mine' (resource (rep i32))) (export $mine "mine" (type $mine')) (import "f" (func (param "x" (own $mine)))))
  "func not valid to be used as import")

;; records and what they hold, as types that are imported
(component definition
  (type $point' (record (field "x" s32) (field "y" s32))) (import "point" (type $point (eq $point')))
  (type $line' (record (field "from" $point) (field "to" $point))) (import "line" (type (eq $line'))))
(assert_invalid
  (component (type $point (record (field "x" s32))) (type $line (record (field "from" $point))) (import "line" (type (eq $line))))
  "type not valid to be used as import")
(assert_invalid
  (component (type $color (enum "red")) (type $f (func (result $color))) (import "f" (type (eq $f))))
  "type not valid to be used as import")
(assert_invalid
  (component (type $color (enum "red")) (type $f (func (result $color))) (export "f" (type $f)))
  "type not valid to be used as export")

;; the type of an instance may hold what nobody can see, as long as nobody is shown it
(component definition
  (type $api (instance
    (type $color (enum "red")) (type $pen (record (field "color" $color)))
    (export "pen" (type (eq $pen))) (export "draw" (func (param "with" $pen))))))
(assert_invalid
  (component
    (type $api (instance (type $color (enum "red")) (type $pen (record (field "color" $color))) (export "pen" (type (eq $pen)))))
    (import "api" (type (eq $api))))
  "type not valid to be used as import")
(assert_invalid
  (component
    (type $api (instance (type $color (enum "red")) (type $pen (record (field "color" $color))) (export "pen" (type (eq $pen)))))
    (import "api" (instance (type $api))))
  "instance not valid to be used as import")
;; the type of a component may not, and its imports see nothing of its exports
(assert_invalid
  (component (type (component (type $color (enum "red")) (export "paint" (func (param "with" $color))))))
  "func not valid to be used as export")
(assert_invalid
  (component (type (component (export "r" (type $r (sub resource))) (import "f" (func (param "x" (own $r)))))))
  "func not valid to be used as import")

;; an instance that is exported names its types, one that stays inside does not
(component definition
  (core module $M (func (export "f") (param i32))) (core instance $m (instantiate $M))
  (type $color (enum "red" "green"))
  (instance $colors (export "color" (type $color)))
  (export $shown "colors" (instance $colors))
  (alias export $shown "color" (type $named))
  (func (export "paint") (param "with" $named) (canon lift (core func $m "f"))))
(assert_invalid
  (component
    (core module $M (func (export "f") (param i32))) (core instance $m (instantiate $M))
    (type $color (enum "red" "green"))
    (instance $colors (export "color" (type $color)))
    (alias export $colors "color" (type $unnamed))
    (func (export "paint") (param "with" $unnamed) (canon lift (core func $m "f"))))
  "func not valid to be used as export")
;; so with a resource two instances deep, and one that went through another component (inside: the host has no such instances)
(component definition (component
  (type $r (resource (rep i32)))
  (instance $inner (export "r" (type $r)))
  (instance $outer (export "inner" (instance $inner)))
  (export $shown "outer" (instance $outer))
  (alias export $shown "inner" (instance $i))
  (alias export $i "r" (type $named))
  (core func $drop (canon resource.drop $named))
  (func (export "drop") (param "x" (own $named)) (canon lift (core func $drop)))))
(component definition (component
  (type $r (resource (rep i32)))
  (component $Pass (import "in" (instance $in (export "t" (type (sub resource))))) (export "out" (instance $in)))
  (instance $passed (instantiate $Pass (with "in" (instance (export "t" (type $r))))))
  (export $shown "passed" (instance $passed))
  (alias export $shown "out" (instance $out))
  (alias export $out "t" (type $named))
  (core func $drop (canon resource.drop $named))
  (func (export "drop") (param "x" (own $named)) (canon lift (core func $drop)))))
;; a type that refers to what the instantiated component was given
(component definition
  (type $color' (enum "red")) (import "color" (type $color (eq $color')))
  (component $Pens
    (type $color' (enum "red")) (import "color" (type $color (eq $color')))
    (type $pen (record (field "color" $color))) (export "pen" (type $pen)))
  (instance $pens (instantiate $Pens (with "color" (type $color))))
  (export "pen" (type $pens "pen")))
;; a name outside says nothing inside
(assert_invalid
  (component
    (type $color' (enum "red")) (import "color" (type $color (eq $color')))
    (component (import "paint" (func (param "with" $color)))))
  "func not valid to be used as import")
