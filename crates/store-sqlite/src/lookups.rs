//! Look-ups of a row or a few, which requests wait for: one thread does all that wait in one view.
//!
//! To wake a thread and to begin a view cost several times what the look-up itself does. So the more
//! ask at once, the less each costs.

use std::sync::Arc;
use std::thread;

use keyward_store::StoreError;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use crate::OpenError;
use crate::failure::{closed, store_error};
use crate::reader::Readers;

/// How many may wait before callers wait to be let in.
const QUEUE: usize = 1_024;

/// How many are done in one view at most, so that none is held open for long.
const BATCH: usize = 64;

/// Given the view, or why there is none.
type Lookup = Box<dyn FnOnce(Result<&Connection, &StoreError>) + Send>;

/// The way to the thread, which ends when this is dropped.
pub(crate) struct Lookups(mpsc::Sender<Lookup>);

impl Lookups {
    pub(crate) fn start(readers: Arc<Readers>) -> Result<Self, OpenError> {
        let (sender, asked) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("store-lookups".to_owned())
            .spawn(move || run(&readers, asked))
            .map_err(OpenError::Thread)?;
        Ok(Self(sender))
    }

    /// Looks something up in a view that shows all that was committed before this was called.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let lookup: Lookup = Box::new(move |view| {
            let _ = answer.send(view.map_err(StoreError::clone).and_then(read));
        });
        self.0.send(lookup).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }
}

fn run(readers: &Readers, mut asked: mpsc::Receiver<Lookup>) {
    let mut batch = Vec::with_capacity(BATCH);
    while asked.blocking_recv_many(&mut batch, BATCH) > 0 {
        // The view begins only now that all of them have asked.
        let done = readers.with(|connection| {
            let view = connection
                .unchecked_transaction()
                .map_err(|error| store_error(&error))?;
            for lookup in batch.drain(..) {
                lookup(Ok(&view));
            }
            Ok(())
        });
        if let Err(error) = done {
            for lookup in batch.drain(..) {
                lookup(Err(&error));
            }
        }
    }
}
