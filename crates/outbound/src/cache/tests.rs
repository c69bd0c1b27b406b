use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::time::advance;

use super::*;

/// An issuer that counts how often it is asked, and whose key sets have the number of the asking.
#[derive(Default)]
struct Issuer {
    asked: AtomicUsize,
}

impl Issuer {
    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    async fn answer(&self, error: Option<FetchError>) -> Result<Arc<str>, FetchError> {
        let number = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
        tokio::task::yield_now().await;
        error.map_or_else(|| Ok(number.to_string().into()), Err)
    }

    async fn get(&self, cache: &Cache, key: &Key) -> Result<Arc<str>, FetchError> {
        cache.get(key, async || self.answer(None).await).await
    }

    async fn fail(&self, cache: &Cache, key: &Key) -> Result<Arc<str>, FetchError> {
        let error = Some(FetchError::Unreachable);
        cache.get(key, async || self.answer(error).await).await
    }

    async fn again(&self, cache: &Cache, seen: &Arc<str>) -> Arc<str> {
        let fetch = async || self.answer(None).await;
        cache.again(&key("a"), seen, fetch).await
    }
}

fn cache() -> Cache {
    Cache::new(Limits::default())
}

fn key(issuer: &str) -> Key {
    Key::new(issuer, &[])
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test(start_paused = true)]
async fn a_key_set_is_fetched_once_in_ten_minutes() {
    let (cache, issuer, key) = (cache(), Issuer::default(), key("a"));
    assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok("1"));
    advance(seconds(599)).await;
    assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok("1"));
    advance(seconds(1)).await;
    assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok("2"));
}

#[tokio::test(start_paused = true)]
async fn however_many_ask_one_fetches() {
    let (cache, issuer, key) = (cache(), Issuer::default(), key("a"));
    let (one, two, three) = tokio::join!(
        issuer.get(&cache, &key),
        issuer.get(&cache, &key),
        issuer.get(&cache, &key)
    );
    assert_eq!(
        (one.as_deref(), two, three),
        (Ok("1"), one.clone(), one.clone())
    );
    assert_eq!(issuer.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_while_fetching_leaves_it_to_the_next() {
    let (cache, issuer, key) = (cache(), Issuer::default(), key("a"));
    {
        let waiting = cache.get(&key, async || std::future::pending().await);
        tokio::pin!(waiting);
        let first = std::future::poll_fn(|context| {
            std::task::Poll::Ready(waiting.as_mut().poll(context).is_pending())
        });
        assert!(first.await);
    }
    assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok("1"));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_remembered_for_a_few_seconds() {
    let (cache, issuer, key) = (cache(), Issuer::default(), key("a"));
    assert_eq!(
        issuer.fail(&cache, &key).await,
        Err(FetchError::Unreachable)
    );
    advance(seconds(4)).await;
    assert_eq!(issuer.get(&cache, &key).await, Err(FetchError::Unreachable));
    assert_eq!(issuer.asked(), 1);
    advance(seconds(1)).await;
    assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok("2"));
}

#[tokio::test(start_paused = true)]
async fn asking_again_is_bounded() {
    let (cache, issuer) = (cache(), Issuer::default());
    let seen = issuer.get(&cache, &key("a")).await.unwrap();
    assert_eq!(&*issuer.again(&cache, &seen).await, "1");
    advance(seconds(29)).await;
    assert_eq!(&*issuer.again(&cache, &seen).await, "1");
    advance(seconds(1)).await;
    assert_eq!(&*issuer.again(&cache, &seen).await, "2");
    // Who still holds the old one gets the new one, and who holds the new one waits.
    let newer = issuer.again(&cache, &seen).await;
    assert_eq!(&*newer, "2");
    assert_eq!(&*issuer.again(&cache, &newer).await, "2");
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_to_fetch_again_leaves_the_fresh_keys() {
    let (cache, issuer, key) = (cache(), Issuer::default(), key("a"));
    let seen = issuer.get(&cache, &key).await.unwrap();
    advance(seconds(30)).await;
    let error = Some(FetchError::Unreachable);
    let again = cache
        .again(&key, &seen, async || issuer.answer(error).await)
        .await;
    assert_eq!(&*again, "1");
    assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok("1"));
    assert_eq!(issuer.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn fresh_keys_are_answered_while_others_fetch_again() {
    let (cache, issuer, key) = (cache(), Issuer::default(), key("a"));
    let seen = issuer.get(&cache, &key).await.unwrap();
    advance(seconds(30)).await;
    tokio::select! {
        biased;
        _ = cache.again(&key, &seen, async || std::future::pending().await) => panic!("it waits"),
        known = issuer.get(&cache, &key) => assert_eq!(known.as_deref(), Ok("1")),
    }
}

#[tokio::test(start_paused = true)]
async fn issuers_and_thumbprints_have_their_own_key_sets() {
    let (cache, issuer) = (cache(), Issuer::default());
    for (thumbprints, number) in [
        (&[][..], "1"),
        (&["AA", "bb"][..], "2"),
        (&["bb", "aa", "aa"][..], "2"),
        (&["aa"][..], "3"),
    ] {
        let key = Key::new("a", thumbprints);
        assert_eq!(issuer.get(&cache, &key).await.as_deref(), Ok(number));
    }
    assert_eq!(issuer.get(&cache, &key("a/")).await.as_deref(), Ok("4"));
}

#[tokio::test(start_paused = true)]
async fn the_issuer_that_nobody_asked_for_longest_makes_room() {
    let issuer = Issuer::default();
    let cache = Cache::new(Limits {
        issuers: 2,
        ..Limits::default()
    });
    for (name, number) in [
        ("a", "1"),
        ("b", "2"),
        ("a", "1"),
        ("c", "3"),
        ("a", "1"),
        ("b", "4"),
    ] {
        advance(seconds(1)).await;
        assert_eq!(issuer.get(&cache, &key(name)).await.as_deref(), Ok(number));
    }
    assert_eq!(cache.entries.lock().unwrap().len(), 2);
}
