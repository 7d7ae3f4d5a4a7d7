(* SPDX-License-Identifier: MIT *)
(* OCaml's lazy: on the garbage collected heap, one thread. Nothing is dropped
   by hand; what collecting costs is in the loops in which it happens. The talk
   is loops.h's. *)

let most = 1 lsl 20
let sink = ref 0

let work x = Sys.opaque_identity x + 1 [@@inline never]

let create x = lazy (work x)

let handles = Array.make most (Lazy.from_val 0)

let bench_create count =
  for i = 0 to count - 1 do
    handles.(i) <- create i
  done
[@@inline never]

let wait_each count =
  let sum = ref 0 in
  for i = 0 to count - 1 do
    sum := !sum + Lazy.force handles.(i)
  done;
  sink := !sum
[@@inline always]

let bench_first_wait count = wait_each count [@@inline never]
let bench_hit_random count = wait_each count [@@inline never]

let bench_hit count =
  let handle = handles.(0) in
  let sum = ref 0 in
  for _ = 1 to count do
    sum := !sum + Lazy.force (Sys.opaque_identity handle)
  done;
  sink := !sum
[@@inline never]

let bench_life count =
  let sum = ref 0 in
  for i = 0 to count - 1 do
    sum := !sum + Lazy.force (Sys.opaque_identity (create i))
  done;
  sink := !sum
[@@inline never]

let bench_nowait count =
  for i = 0 to count - 1 do
    ignore (Sys.opaque_identity (Lazy.from_val i))
  done
[@@inline never]

let timed loop count =
  let start = Unix.gettimeofday () in
  loop count;
  (Unix.gettimeofday () -. start) *. 1e9

let forget count = Array.fill handles 0 count (Lazy.from_val 0)

let hit_random count =
  bench_create count;
  Random.init 1;
  for i = count - 1 downto 1 do
    let other = Random.full_int (i + 1) and handle = handles.(i) in
    handles.(i) <- handles.(other);
    handles.(other) <- handle
  done;
  wait_each count;
  timed bench_hit_random count

(* Live words after a full collection: of the lazies and their closures. *)
let bytes count =
  let live () =
    Gc.full_major ();
    (Gc.stat ()).live_words * (Sys.word_size / 8)
  in
  forget count;
  let before = live () in
  bench_create count;
  float_of_int (live () - before)

let measure op count times =
  let sum = ref 0. in
  (match op with
  | "hit" ->
      handles.(0) <- create 0;
      sink := Lazy.force handles.(0);
      sum := timed bench_hit (count * times)
  | "life" -> sum := timed bench_life (count * times)
  | "nowait" -> sum := timed bench_nowait (count * times)
  | _ ->
      for _ = 1 to times do
        sum :=
          !sum
          +.
          match op with
          | "hit-random" -> hit_random count
          | "bytes" -> bytes count
          | _ ->
              let created = timed bench_create count in
              let waited = timed bench_first_wait count in
              if op = "create" then created else waited
      done);
  forget count;
  !sum

let ops =
  [ "create"; "first-wait"; "life"; "hit"; "hit-random"; "nowait"; "bytes" ]

let answer line =
  match String.split_on_char ' ' line with
  | [ "ops" ] -> String.concat " " ops
  | [ op; count; times ] when List.mem op ops && int_of_string count <= most ->
      Printf.sprintf "%.0f"
        (measure op (int_of_string count) (int_of_string times))
  | _ -> "no operation, count and times: " ^ line

let () =
  try
    while true do
      print_endline (answer (read_line ()))
    done
  with End_of_file -> ()
