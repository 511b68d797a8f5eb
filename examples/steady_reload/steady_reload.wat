;; Publishes `refresh-timeline` with an empty list ("all that are open") every `seconds` seconds.
;;
;; Memory: below 1024 texts and answers, from 1024 on what the host passes in. Nothing passed in is kept after a call, so
;; the room is given out anew in each.
(module
  (import "novywave:plugins/timer@0.1.0" "schedule-tick"
    (func $schedule-tick (param $delay-ms i32) (param $answer i32)))
  ;; The event is a variant: its case, then as many values as the widest case has (the four of `discovery`).
  (import "novywave:plugins/relay@0.1.0" "publish"
    (func $publish (param $channel i32) (param $channel-length i32) (param $case i32)
      (param $list i32) (param $list-length i32) (param i32 i32) (param $answer i32)))

  (memory (export "memory") 1)
  (data (i32.const 0) "seconds")
  (data (i32.const 16) "0.1.0")
  (data (i32.const 32) "refresh-timeline")
  (data (i32.const 64) "invalid config key `seconds`: expected a whole number from 1 to 86400")
  (data (i32.const 144) "the host did not take what was published")
  (data (i32.const 192) "no timer is left")
  (data (i32.const 224) "relay")
  (data (i32.const 232) "timer")
  ;; list<string> of the two: pointer and length each
  (data (i32.const 240) "\e0\00\00\00\05\00\00\00\e8\00\00\00\05\00\00\00")
  (data (i32.const 272) "60")
  (data (i32.const 288) "reads open files again every ")

  (global $room (mut i32) (i32.const 1024))
  (global $seconds (mut i32) (i32.const 60))
  ;; The digits of $seconds, as a text.
  (global $digits (mut i32) (i32.const 272))
  (global $digits-length (mut i32) (i32.const 2))

  ;; The host asks for room here. It never grows what it got, so the first two parameters do not matter.
  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (i32.and
      (i32.add (global.get $room) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $room (i32.add (local.get $at) (local.get $size)))
    (block $fits
      (br_if $fits (i32.le_u (global.get $room) (i32.mul (memory.size) (i32.const 65536))))
      (br_if $fits (i32.ne (i32.const -1)
        (memory.grow (i32.add (i32.const 1) (i32.shr_u (local.get $size) (i32.const 16))))))
      (unreachable))
    (local.get $at))

  ;; Whether the text is `seconds`.
  (func $is-seconds (param $text i32) (param $length i32) (result i32)
    (if (i32.ne (local.get $length) (i32.const 7)) (then (return (i32.const 0))))
    (i32.and
      (i32.eq (i32.load (local.get $text)) (i32.load (i32.const 0)))
      (i32.eq (i32.load offset=3 align=1 (local.get $text)) (i32.load offset=3 align=1 (i32.const 0)))))

  ;; The number that a JSON text is; 0 for anything that is no whole number from 1 to 86400.
  (func $number (param $text i32) (param $length i32) (result i32)
    (local $value i32) (local $digit i32)
    (if (i32.gt_u (local.get $length) (i32.const 5)) (then (return (i32.const 0))))
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $length)))
        (local.set $digit (i32.sub (i32.load8_u (local.get $text)) (i32.const 48)))
        (if (i32.gt_u (local.get $digit) (i32.const 9)) (then (return (i32.const 0))))
        (local.set $value (i32.add (i32.mul (local.get $value) (i32.const 10)) (local.get $digit)))
        (local.set $text (i32.add (local.get $text) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next)))
    (select (i32.const 0) (local.get $value) (i32.gt_u (local.get $value) (i32.const 86400))))

  ;; Reads the configuration, a list of pairs of texts; answers whether it can be used.
  (func $configure (param $entry i32) (param $count i32) (result i32)
    (local $value i32)
    (block $end
      (loop $next
        (br_if $end (i32.eqz (local.get $count)))
        (if (call $is-seconds (i32.load (local.get $entry)) (i32.load offset=4 (local.get $entry)))
          (then
            (local.set $value (call $number
              (i32.load offset=8 (local.get $entry)) (i32.load offset=12 (local.get $entry))))
            (if (i32.eqz (local.get $value)) (then (return (i32.const 0))))
            (global.set $seconds (local.get $value))
            (global.set $digits (i32.load offset=8 (local.get $entry)))
            (global.set $digits-length (i32.load offset=12 (local.get $entry)))))
        (local.set $entry (i32.add (local.get $entry) (i32.const 16)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (i32.const 1))

  ;; Answers at 400: an `err` with a case of `plugin-error` (0 invalid-config, 1 io, 2 failed) and a text.
  (func $fail (param $case i32) (param $text i32) (param $length i32) (result i32)
    (i32.store (i32.const 400) (i32.const 1))
    (i32.store (i32.const 404) (local.get $case))
    (i32.store (i32.const 408) (local.get $text))
    (i32.store (i32.const 412) (local.get $length))
    (i32.const 400))

  ;; Answers at 400: an `ok` without a value, or the error of a timer that was refused.
  (func $schedule (result i32)
    (call $schedule-tick (i32.mul (global.get $seconds) (i32.const 1000)) (i32.const 440))
    (if (i32.load8_u (i32.const 440))
      (then (return (call $fail (i32.const 1) (i32.const 192) (i32.const 16)))))
    (i32.store (i32.const 400) (i32.const 0))
    (i32.const 400))

  (func (export "novywave:plugins/lifecycle@0.1.0#init") (param $config i32) (param $count i32) (result i32)
    (if (i32.eqz (call $configure (local.get $config) (local.get $count)))
      (then (return (call $fail (i32.const 0) (i32.const 64) (i32.const 69)))))
    (if (i32.load (call $schedule)) (then (return (i32.const 400))))
    ;; plugin-metadata: version, description, capabilities, no config-schema
    (i32.store (i32.const 404) (i32.const 16))
    (i32.store (i32.const 408) (i32.const 5))
    (memory.copy (i32.const 317) (global.get $digits) (global.get $digits-length))
    (i32.store16 align=1 (i32.add (i32.const 317) (global.get $digits-length)) (i32.const 0x7320)) ;; " s"
    (i32.store (i32.const 412) (i32.const 288))
    (i32.store (i32.const 416) (i32.add (i32.const 31) (global.get $digits-length)))
    (i32.store (i32.const 420) (i32.const 240))
    (i32.store (i32.const 424) (i32.const 2))
    (i32.store8 (i32.const 428) (i32.const 0))
    (i32.const 400))
  (func (export "cabi_post_novywave:plugins/lifecycle@0.1.0#init") (param i32)
    (global.set $room (i32.const 1024)))

  ;; The event: its case (0 tick, 1 filesystem-change, 2 config-updated), then the widest case, whose first value is 64 bits.
  (func (export "novywave:plugins/lifecycle@0.1.0#handle-event")
    (param $case i32) (param $first i64) (param $second i32) (param i32) (result i32)
    (if (i32.eq (local.get $case) (i32.const 2))
      (then
        (if (i32.eqz (call $configure (i32.wrap_i64 (local.get $first)) (local.get $second)))
          (then (return (call $fail (i32.const 0) (i32.const 64) (i32.const 69)))))))
    (i32.store (i32.const 400) (i32.const 0))
    (if (local.get $case) (then (return (i32.const 400))))
    (call $publish (i32.const 32) (i32.const 16) (i32.const 2) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 440))
    (if (i32.load8_u (i32.const 440))
      (then
        (drop (call $schedule))
        (return (call $fail (i32.const 1) (i32.const 144) (i32.const 40)))))
    (call $schedule))
  (func (export "cabi_post_novywave:plugins/lifecycle@0.1.0#handle-event") (param i32)
    (global.set $room (i32.const 1024)))

  (func (export "novywave:plugins/lifecycle@0.1.0#shutdown")))
