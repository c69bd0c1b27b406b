//! Cookies and form tokens of the sign-in pages: never a panic whatever comes, and only what was sealed for
//! a purpose opens for it.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use keyward_authorization::RequestContext;
use keyward_signin::Door;
use keyward_testkit::World;
use libfuzzer_sys::fuzz_target;
use tokio::runtime::Runtime;

struct Sealed {
    runtime: Runtime,
    door: Door,
    _world: World,
    token: String,
}

static SEALED: LazyLock<Sealed> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let world = runtime.block_on(World::new());
    let door = Door::new(world.installation.clone());
    let token = door.form_token("visit").unwrap();
    Sealed {
        runtime,
        door,
        _world: world,
        token,
    }
});

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    text: &'a str,
    place: u16,
    byte: u8,
    bound_to: &'a str,
}

fuzz_target!(|input: Input<'_>| {
    let Sealed {
        runtime,
        door,
        token,
        ..
    } = &*SEALED;
    let mut changed = token.clone().into_bytes();
    let place = usize::from(input.place) % changed.len();
    changed[place] = input.byte;
    let changed = String::from_utf8(changed).unwrap_or_default();
    assert!(door.is_form_token("visit", token));
    assert_eq!(
        door.is_form_token(input.bound_to, token),
        input.bound_to == "visit"
    );
    assert_eq!(door.is_form_token("visit", &changed), changed == *token);
    for text in [input.text, &changed, token] {
        let unknown = format!("{:?}", door.browser(None));
        assert_eq!(format!("{:?}", door.browser(Some(text))), unknown);
        let visitor = runtime.block_on(door.visitor(text, &RequestContext::default()));
        assert!(matches!(visitor, Ok(None)), "nobody has a session");
    }
    assert!(!door.is_form_token("visit", input.text) || input.text == token);
});
