// SPDX-License-Identifier: MIT
//! Rust's LazyLock (shared by threads) and, as the program's name ends in
//! "cell", LazyCell (one thread): in a Box, because they outlive their scope;
//! one owner. The talk is loops.h's.

use std::cell::LazyCell;
use std::hint::black_box;
use std::io::{stdin, BufRead, Write};
use std::sync::LazyLock;
use std::time::Instant;

const MOST: usize = 1 << 20;

#[inline(never)]
fn work(x: i32) -> i32 {
    black_box(x) + 1
}

/// What is measured: how a T is made and waited for.
struct Peer<T, C: Fn(i32) -> T, W: Fn(&T) -> i32> {
    create: C,
    wait: W,
    handles: Vec<Box<T>>,
}

impl<T, C: Fn(i32) -> T, W: Fn(&T) -> i32> Peer<T, C, W> {
    #[inline(never)]
    fn bench_create(&mut self, count: usize) {
        for i in 0..count {
            self.handles.push(Box::new((self.create)(i as i32)));
        }
    }

    #[inline(always)]
    fn wait_each(&self) {
        let mut sum = 0i32;
        for handle in &self.handles {
            sum = sum.wrapping_add((self.wait)(handle));
        }
        black_box(sum);
    }

    #[inline(never)]
    fn bench_first_wait(&mut self, _count: usize) {
        self.wait_each();
    }

    #[inline(never)]
    fn bench_hit_random(&mut self, _count: usize) {
        self.wait_each();
    }

    #[inline(never)]
    fn bench_hit(&mut self, count: usize) {
        let handle = &*self.handles[0];
        let mut sum = 0i32;
        for _ in 0..count {
            // As an asm with a "memory" clobber: what is there is read again.
            unsafe { std::arch::asm!("", options(nostack, preserves_flags)) };
            sum = sum.wrapping_add((self.wait)(handle));
        }
        black_box(sum);
    }

    #[inline(never)]
    fn bench_drop(&mut self, _count: usize) {
        self.handles.clear();
    }

    #[inline(never)]
    fn bench_life(&mut self, count: usize) {
        let mut sum = 0i32;
        for i in 0..count {
            let handle = black_box(Box::new((self.create)(i as i32)));
            sum = sum.wrapping_add((self.wait)(&handle));
        }
        black_box(sum);
    }

    fn timed(&mut self, run: fn(&mut Self, usize), count: usize) -> f64 {
        let begin = Instant::now();
        run(self, count);
        begin.elapsed().as_nanos() as f64
    }

    fn hit_random(&mut self, count: usize) -> f64 {
        let mut seed = 1u64;
        self.bench_create(count);
        for i in (1..count).rev() {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            self.handles.swap(i, (seed >> 33) as usize % (i + 1));
        }
        self.wait_each();
        self.timed(Self::bench_hit_random, count)
    }

    fn bytes(&mut self, count: usize) -> f64 {
        // The array of handles is not counted: make it resident.
        let spare = self.handles.spare_capacity_mut();
        assert!(spare.len() >= count);
        unsafe { spare.as_mut_ptr().write_bytes(0, count) };
        let before = resident_bytes();
        self.bench_create(count);
        resident_bytes() - before
    }

    fn measure(&mut self, op: &str, count: usize, times: usize) -> f64 {
        let mut sum = 0.0;
        match op {
            "hit" => {
                self.bench_create(1);
                self.wait_each();
                sum = self.timed(Self::bench_hit, count * times);
                self.bench_drop(1);
            }
            "life" => sum = self.timed(Self::bench_life, count * times),
            _ => {
                for _ in 0..times {
                    sum += match op {
                        "hit-random" => self.hit_random(count),
                        "bytes" => self.bytes(count),
                        "create" => self.timed(Self::bench_create, count),
                        _ => {
                            self.bench_create(count);
                            let waited = self.timed(Self::bench_first_wait, count);
                            if op == "first-wait" {
                                waited
                            } else {
                                self.timed(Self::bench_drop, count)
                            }
                        }
                    };
                    self.bench_drop(count);
                }
            }
        }
        sum
    }

    fn talk(&mut self) {
        let ops = "create first-wait drop life hit hit-random bytes";
        self.handles.reserve(MOST);
        for line in stdin().lock().lines() {
            let line = line.expect("a line");
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["ops"] => println!("{ops}"),
                [op, count, times]
                    if ops.split(' ').any(|each| each == op) && number(count) <= MOST =>
                {
                    println!("{:.0}", self.measure(op, number(count), number(times)));
                }
                _ => println!("no operation, count and times: {line}"),
            }
            std::io::stdout().flush().expect("a reader");
        }
    }
}

fn number(word: &str) -> usize {
    word.parse().expect("a number")
}

fn resident_bytes() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("/proc");
    let pages: f64 = statm.split(' ').nth(1).and_then(|n| n.parse().ok()).expect("pages");
    pages * 4096.0
}

fn main() {
    let mut args = std::env::args();
    let name = args.next().expect("a name");
    if args.next().as_deref() == Some("2") {
        std::thread::spawn(|| loop {
            std::thread::park();
        });
    }
    if name.ends_with("cell") {
        Peer {
            create: |x| LazyCell::new(move || work(x)),
            wait: |lazy| *LazyCell::force(lazy),
            handles: Vec::new(),
        }
        .talk();
    } else {
        Peer {
            create: |x| LazyLock::new(move || work(x)),
            wait: |lazy| *LazyLock::force(lazy),
            handles: Vec::new(),
        }
        .talk();
    }
}
