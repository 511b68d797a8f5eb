;; Binary.md: sections, counts, and bytes that are none of them
(component binary "\00asm" "\0d\00\01\00")
(assert_malformed (component binary "") "unexpected end")
(assert_malformed (component binary "\00as") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01") "unexpected end")
(assert_malformed (component binary "\00asm" "\0c\00\01\00") "unknown binary version")
(assert_malformed (component binary "\01asm" "\0d\00\01\00") "magic header not detected")
;; a custom section can hold anything, its name must be UTF-8
(component binary "\00asm" "\0d\00\01\00" "\00\04\03abc" "\00\02\01z")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\00\02\01\ff") "malformed UTF-8 encoding")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\00\01\05") "unexpected end")
;; section numbers, sizes, and what is left over
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\0d\00") "malformed section id")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\05\00") "unexpected end")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\02\00\00") "unexpected content in the type section")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\80\80\80\80\80\00") "integer representation too long")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\01\7f") "unexpected end")
;; types
(component binary "\00asm" "\0d\00\01\00" "\07\02\01\79")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\02\01\00") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\72\01") "unexpected end")
(assert_invalid (component binary "\00asm" "\0d\00\01\00" "\07\03\01\72\00") "record type must have at least one field")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\04\01\40\00\02") "invalid leading byte")
;; resources are represented by i32
(assert_invalid (component binary "\00asm" "\0d\00\01\00" "\07\04\01\3f\7d\00") "can only be represented by")
;; names of imports: the form, the attributes
(component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\0a\06\01\00\01a\05\00")
(component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\0a\0e\01\02\01a\01\00\05a:b/c\05\00")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\0a\06\01\03\01a\05\00") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\0a\09\01\02\01a\01\07\00\05\00") "invalid leading byte")
;; sorts
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\0b\07\01\00\01a\06\00\00") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\06\05\01\01\03\00\00") "invalid leading byte")
;; canonical definitions
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\08\03\01\00\01") "invalid leading byte")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\08\02\01\7f") "invalid leading byte")
;; numbers of several bytes, and one that is too large
(component binary "\00asm" "\0d\00\01\00" "\07\83\80\00\81\00\79")
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\82\80\80\80\10\01\79") "integer too large")
;; an attribute twice
(assert_malformed (component binary "\00asm" "\0d\00\01\00" "\07\03\01\42\00" "\0a\15\01\02\01a\02\00\05a:b/c\00\05a:b/d\05\00") "duplicate")
