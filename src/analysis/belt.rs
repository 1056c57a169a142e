//! The stages of a run side by side, with short belts between them: a thread each, so that none waits for another's
//! whole group, and the pool's tasks never wait at all.
//!
//! What is consumed, and in which order, does not depend on whether stages run side by side: with one thread, or inside a
//! task of the pool, each thing is consumed as soon as it is made.

use std::sync::mpsc;
use std::thread;

/// Lets `produce` give things to `consume`, which runs on the calling thread. `give` says whether to go on; `consume`
/// is not called again after it failed.
///
/// `length` things may lie on the belt: enough that one of the two may have a slow moment, few enough to cost no memory.
pub(crate) fn run<T: Send, E>(
    length: usize,
    produce: impl FnOnce(&mut dyn FnMut(T) -> bool) + Send,
    mut consume: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    if is_alone() {
        let mut result = Ok(());
        produce(&mut |thing| {
            if result.is_ok() {
                result = consume(thing);
            }
            result.is_ok()
        });
        return result;
    }
    let (send, receive) = mpsc::sync_channel(length);
    thread::scope(|scope| {
        scope.spawn(move || produce(&mut |thing| send.send(thing).is_ok()));
        receive.into_iter().try_for_each(consume)
    })
}

/// Whether there is one thread for everything: the user wants it so, or others work on other inputs.
fn is_alone() -> bool {
    rayon::current_num_threads() == 1 || rayon::current_thread_index().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    }

    fn count_to(last: u32) -> impl FnOnce(&mut dyn FnMut(u32) -> bool) + Send {
        move |give| {
            let _ = (1..=last).all(give);
        }
    }

    #[test]
    fn everything_arrives_in_order() {
        for _ in 0..100 {
            let mut seen = Vec::new();
            let end = run(4, count_to(50), |number| {
                seen.push(number);
                Ok::<(), ()>(())
            });
            assert_eq!(end, Ok(()));
            assert!(seen.into_iter().eq(1..=50));
        }
    }

    #[test]
    fn a_task_of_the_pool_waits_for_nobody() {
        for threads in [1, 2] {
            let sums: Vec<u32> = pool(threads).install(|| {
                use rayon::prelude::*;
                let sum = |_| {
                    let mut sum = 0;
                    let add = |number| {
                        sum += number;
                        Ok::<(), ()>(())
                    };
                    run(4, count_to(50), add).unwrap();
                    sum
                };
                (0..64).into_par_iter().map(sum).collect()
            });
            assert!(sums.iter().all(|sum| *sum == 1275));
        }
    }

    #[test]
    fn a_failed_consumer_is_not_called_again() {
        let mut calls = 0;
        let stubborn = |give: &mut dyn FnMut(u32) -> bool| {
            for number in 0..9 {
                give(number);
            }
        };
        let end = pool(1).install(|| {
            run(4, stubborn, |_| {
                calls += 1;
                Err("full")
            })
        });
        assert_eq!((end, calls), (Err("full"), 1));
    }

    #[test]
    fn a_failed_consumer_stops_the_producer() {
        let mut seen = 0;
        let end = run(4, count_to(u32::MAX), |number| {
            seen = number;
            match number {
                7 => Err("full"),
                _ => Ok(()),
            }
        });
        assert_eq!((end, seen), (Err("full"), 7));
    }
}
