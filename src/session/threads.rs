//! Work on several threads at once.

use std::thread;

/// How many threads run at once on this machine.
#[must_use]
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// What `work` makes of each of `items`, in their order: on this thread, or in equal shares on several `threads`.
pub fn side_by_side<T: Send, R: Send>(items: Vec<T>, threads: usize, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    if threads.min(items.len()) <= 1 {
        return items.into_iter().map(work).collect();
    }
    let (share, work) = (items.len().div_ceil(threads), &work);
    let mut items = items.into_iter().peekable();
    thread::scope(|scope| {
        let mut workers = Vec::new();
        while items.peek().is_some() {
            let items: Vec<T> = items.by_ref().take(share).collect();
            workers.push(scope.spawn(move || items.into_iter().map(work).collect::<Vec<R>>()));
        }
        let joined = workers.into_iter().map(thread::ScopedJoinHandle::join);
        joined.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
