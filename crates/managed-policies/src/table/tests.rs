use keyward_names::Timestamp;
use miniz_oxide::deflate::compress_to_vec_zlib;
use proptest::prelude::*;

use super::*;

const ALLOW: &str = r#"{"Statement":{"Effect":"Allow","Action":"a:b","Resource":"*"}}"#;
/// Copies the first 24 bytes, says `Deny` for the next five, and copies the last 33.
const DENY: &[u8] = b"\x00\x00\x18\x04Deny\x0a\x21";
/// Copies all.
const SAME: &[u8] = b"\x00\x00\x3e";

/// A file of these blocks. In the lines, `D` and `C` stand for the lengths of a document and a change.
fn file(documents: &[&[u8]], changes: &[&[u8]], lines: &str) -> Vec<u8> {
    let pack = |block: &&[u8]| compress_to_vec_zlib(block, 6);
    let told = |blocks: &[&[u8]]| {
        let lengths = blocks.iter().map(|block| (pack(block).len(), block.len()));
        let told = lengths.map(|(packed, unpacked)| format!("{packed}:{unpacked}"));
        told.collect::<Vec<_>>().join(" ")
    };
    let lines = lines
        .replace('D', &ALLOW.len().to_string())
        .replace('C', &DENY.len().to_string());
    let index = format!("source 1\n{}\n{}\n{lines}", told(documents), told(changes));
    let blocks = documents.iter().chain(changes).flat_map(pack);
    with_index(index.as_bytes(), index.len(), blocks.collect())
}

fn with_index(index: &[u8], unpacked: usize, blocks: Vec<u8>) -> Vec<u8> {
    let packed = compress_to_vec_zlib(index, 6);
    let head = format!("keyward-managed-policies 1 {} {unpacked}\n", packed.len());
    [head.into_bytes(), packed, blocks].concat()
}

/// A file with two policies, of which the second has an older version.
fn small_file() -> Vec<u8> {
    let documents = [ALLOW, ALLOW].concat();
    let lines = "/a\t5\t5\t1 D\n/x/B\t10\t90\t3 D\t1 C 20\n";
    file(&[documents.as_bytes()], &[DENY], lines)
}

#[track_caller]
fn refuses(file: Vec<u8>, error: DataError) {
    assert_eq!(ManagedPolicies::read(file).map(|_| ()), Err(error));
}

fn all_of(policy: &ManagedPolicy) -> impl PartialEq + std::fmt::Debug + use<> {
    let documents = policy.versions().map(|version| {
        let document = policy.document(version.number).unwrap().unwrap();
        (version, document.into_owned())
    });
    let times = (policy.created, policy.updated, policy.default_version);
    (
        policy.id,
        policy.arn(),
        times,
        documents.collect::<Vec<_>>(),
    )
}

#[test]
fn a_file_that_is_read_is_the_table_it_was() {
    let read = ManagedPolicies::read(BUILT_IN.to_vec()).unwrap();
    let built_in = ManagedPolicies::built_in();
    assert_eq!(read.source(), built_in.source());
    assert_eq!(read.len(), built_in.len());
    for (one, other) in read.iter().zip(built_in.iter()) {
        assert!(all_of(one) == all_of(other), "{}", one.arn());
    }
}

#[test]
fn older_versions_are_made_from_newer_ones() {
    let table = ManagedPolicies::read(small_file()).unwrap();
    assert_eq!(table.source(), "source 1");
    let policy = table.by_arn("arn:aws:iam::aws:policy/x/B").unwrap();
    assert_eq!(policy.default_version, 3);
    assert_eq!(policy.default_document(), Ok(ALLOW));
    let older = policy.document(1).unwrap().unwrap();
    assert_eq!(older, ALLOW.replace("Allow", "Deny"));
    assert_eq!(policy.document(2), Ok(None));
}

#[test]
fn a_version_of_unknown_time_was_made_when_the_one_before_was_or_at_the_update() {
    let versions = "7 D\t6 C\t5 C 40\t4 C\t1 C";
    let table = ManagedPolicies::read(file(
        &[ALLOW.as_bytes()],
        &[&SAME.repeat(4)],
        &format!("/a\t10\t90\t{}", versions.replace('C', "3")),
    ));
    let table = table.unwrap();
    let policy = table.iter().next().unwrap();
    let times = policy.versions().map(|version| {
        let seconds = version.created.unix_seconds();
        (version.number, seconds)
    });
    assert_eq!(
        times.collect::<Vec<_>>(),
        [(7, 90), (6, 40), (5, 40), (4, 10), (1, 10)]
    );
    assert_eq!(policy.updated, Timestamp::from_unix_seconds(90));
}

#[test]
fn every_policy_is_found_by_its_arn_and_by_its_id() {
    let table = ManagedPolicies::built_in();
    for policy in table.iter() {
        let found = table.by_arn(&policy.arn()).unwrap();
        assert!(std::ptr::eq(found, policy), "{}", policy.arn());
        let found = table.by_id(policy.id).unwrap();
        assert!(std::ptr::eq(found, policy), "{}", policy.id);
    }
    for arn in [
        "",
        "arn:aws:iam::aws:policy",
        "arn:aws:iam::aws:policy/",
        "arn:aws:iam::aws:policy/service-role/AdministratorAccess",
        "arn:aws:iam::aws:policyAdministratorAccess",
        "arn:aws:iam::aws:policy//AdministratorAccess",
        "arn:aws-cn:iam::aws:policy/AdministratorAccess",
        "arn:aws:iam::123456789012:policy/AdministratorAccess",
    ] {
        assert!(table.by_arn(arn).is_none(), "{arn}");
    }
    // Path and name may be in another case.
    for arn in [
        "arn:aws:iam::aws:policy/administratoraccess",
        "arn:aws:iam::aws:policy/JOB-function/viewonlyAccess",
    ] {
        assert!(table.by_arn(arn).is_some(), "{arn}");
    }
    assert!(table.by_id(PolicyId::LOWEST).is_none());
}

#[test]
fn an_id_depends_on_the_arn_alone() {
    let table = ManagedPolicies::built_in();
    let id = |arn| table.by_arn(arn).unwrap().id;
    // Attachments are kept by these ids: they must never change.
    assert_eq!(
        id("arn:aws:iam::aws:policy/AdministratorAccess").as_str(),
        "ANPAZKAPJZG4PJQPMBMTO"
    );
}

#[test]
fn a_list_goes_on_after_a_name_that_may_be_gone() {
    let table = ManagedPolicies::built_in();
    let names: Vec<&FoldedName> = table.iter().map(ManagedPolicy::folded).collect();
    assert!(names.is_sorted_by(|one, next| one < next));
    for place in [0, 1, names.len() / 2, names.len() - 1] {
        let rest: Vec<&FoldedName> = table
            .after(names[place])
            .map(ManagedPolicy::folded)
            .collect();
        assert_eq!(rest, names[place + 1..]);
    }
    let gone = FoldedName::fold("administratoraccesS!");
    assert_eq!(
        table.after(&gone).next().unwrap().folded(),
        names[names.binary_search(&&gone).unwrap_err()]
    );
    assert_eq!(table.after(&FoldedName::fold("")).count(), table.len());
}

#[test]
fn what_is_no_file_of_policies_is_refused() {
    for file in [
        &b""[..],
        b"\n",
        b"keyward-managed-policies 2 1 1\nx",
        b"keyward-managed-policies 1 1\nx",
        b"keyward-managed-policies 1 x 1\nx",
        b"keyward-managed-policies 1 -1 1\nx",
        b"{\"AdministratorAccess\": {}}\n",
        &b"keyward-managed-policies 1 ".repeat(9),
    ] {
        refuses(file.to_vec(), DataError::NotThisForm);
    }
}

#[test]
fn a_damaged_index_is_refused() {
    let mut file = small_file();
    let start = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    file[start + 20] ^= 0x10;
    refuses(file, DataError::Index);
    refuses(
        b"keyward-managed-policies 1 99 9\nshort".to_vec(),
        DataError::Index,
    );
    refuses(
        format!("keyward-managed-policies 1 {} 9\n", usize::MAX).into_bytes(),
        DataError::Index,
    );
    refuses(with_index(b"\xff", 1, vec![]), DataError::Index);
    // It has another length than is told.
    refuses(with_index(b"source\n\n\n", 8, vec![]), DataError::Index);
    refuses(with_index(b"source\n\n\n", 10, vec![]), DataError::Index);
}

#[test]
fn a_line_that_is_not_as_it_should_be_is_told_by_its_number() {
    let line = |line, expected| DataError::Line { line, expected };
    let alone = |index: &str| with_index(index.as_bytes(), index.len(), vec![]);
    refuses(alone(""), line(1, "a source"));
    refuses(alone("source"), line(2, "the lengths of blocks"));
    refuses(alone("source\n1"), line(2, "the lengths of blocks"));
    refuses(alone("source\n1:x"), line(2, "the lengths of blocks"));
    refuses(alone("source\n\n-1:1"), line(3, "the lengths of blocks"));
    for (text, expected) in [
        ("a\t5\t5\t1 D", "a path and a name"),
        ("x/a\t5\t5\t1 D", "a path"),
        ("/\t5\t5\t1 D", "a name"),
        ("/a b\t5\t5\t1 D", "a name"),
        ("/a", "when it was made"),
        ("/a\tx\t5\t1 D", "when it was made"),
        ("/a\t-1\t5\t1 D", "when it was made"),
        ("/a\t5\t253402300800\t1 D", "when it was updated"),
        ("/a\t5\t5", "a version"),
        ("/a\t5\t5\t", "versions, newest first"),
        ("/a\t5\t5\t0 D", "versions, newest first"),
        ("/a\t5\t5\t1", "versions, newest first"),
        ("/a\t5\t5\t1 D x", "versions, newest first"),
        ("/a\t5\t5\t1 D 5 5", "versions, newest first"),
        ("/a\t5\t5\t1 D\t1 C", "versions, newest first"),
        ("/a\t5\t5\t1 D\t2 C", "versions, newest first"),
    ] {
        let file = file(&[ALLOW.as_bytes()], &[DENY], text);
        refuses(file, line(4, expected));
    }
}

#[test]
fn blocks_hold_what_the_index_says_and_nothing_more() {
    let allow = ALLOW.as_bytes();
    for (documents, changes, lines) in [
        (&[][..], &[][..], "/a\t5\t5\t1 D"),
        (&[allow, allow], &[], "/a\t5\t5\t1 D"),
        (&[allow], &[DENY], "/a\t5\t5\t1 D"),
        (&[allow], &[DENY], "/a\t5\t5\t2 D\t1 C0"),
        (&[allow], &[], "/a\t5\t5\t1 0"),
        (&[allow], &[], "/a\t5\t5\t1 18446744073709551615"),
        (&[&allow[..9], &allow[9..]], &[], "/a\t5\t5\t1 D"),
    ] {
        refuses(file(documents, changes, lines), DataError::Blocks);
    }
    let longer = [small_file(), vec![0]].concat();
    refuses(longer, DataError::Blocks);
    let mut shorter = small_file();
    shorter.pop();
    refuses(shorter, DataError::Blocks);

    let index = format!("source\n{}:5\n\n", usize::MAX);
    let file = with_index(index.as_bytes(), index.len(), vec![]);
    refuses(file, DataError::Blocks);
}

#[test]
fn a_damaged_block_is_told_by_its_number() {
    let mut file = small_file();
    let last = file.len() - 1;
    file[last] ^= 1;
    refuses(file, DataError::Block(1));
}

#[test]
fn a_document_that_is_none_is_told_by_its_line() {
    let no_policy = |line, number| DataError::NoPolicy { line, number };
    refuses(file(&[b"{]"], &[], "/a\t5\t5\t7 2"), no_policy(4, 7));
    refuses(
        file(
            &[ALLOW.as_bytes()],
            &[b"\x02{]\x00\x00"],
            "/a\t5\t5\t7 D\t6 5",
        ),
        no_policy(4, 6),
    );
    let damaged = |line, number| DataError::Version { line, number };
    refuses(file(&[b"\xff"], &[], "/a\t5\t5\t7 1"), damaged(4, 7));
    refuses(
        file(
            &[ALLOW.as_bytes()],
            &[b"\x01\xff\x00\x00"],
            "/a\t5\t5\t7 D\t6 4",
        ),
        damaged(4, 6),
    );
    refuses(
        file(
            &[ALLOW.as_bytes()],
            &[b"\x00\x00\x7f"],
            "/a\t5\t5\t7 D\t6 3",
        ),
        damaged(4, 6),
    );
}

#[test]
fn policies_are_in_their_order_and_each_is_there_once() {
    let documents = [ALLOW, ALLOW].concat();
    for lines in [
        "/b\t5\t5\t1 D\n/a\t5\t5\t1 D",
        "/a\t5\t5\t1 D\n/A\t5\t5\t1 D",
        "/a\t5\t5\t1 D\n/x/a\t5\t5\t1 D",
    ] {
        refuses(file(&[documents.as_bytes()], &[], lines), DataError::Order);
    }
}

#[test]
fn a_file_takes_no_memory_without_bound() {
    let zeros = vec![0; 64 << 20];
    let file_of = |index: &str, blocks| with_index(index.as_bytes(), index.len(), blocks);
    let bomb = compress_to_vec_zlib(&zeros, 6);
    let index = format!("source\n{}:60\n\n/a\t5\t5\t1 60", bomb.len());
    // An index and a block that unpack to far more than they say.
    for (file, error) in [
        (with_index(&zeros, 9, vec![]), DataError::Index),
        (file_of(&index, bomb), DataError::Block(0)),
    ] {
        let counted = allocation_counter::measure(|| refuses(file, error));
        assert!(counted.bytes_max < 1 << 20, "{counted:?}");
    }

    let too_much = DataError::TooMuch;
    refuses(
        with_index(b"", (8 << 20) + 1, vec![]),
        too_much("8 MiB in the index"),
    );
    refuses(vec![0; (64 << 20) + 1], too_much("64 MiB in a file"));
    refuses(
        file_of("source\n9:1048577\n\n/a\t5\t5\t1 1048577", vec![]),
        too_much("1 MiB in a block"),
    );
    let blocks = format!("source\n{}", "0:1 ".repeat(4_097));
    refuses(file_of(&blocks, vec![]), too_much("4,096 blocks of a kind"));
    let versions: String = (1..=1_001)
        .rev()
        .map(|number| format!("\t{number} 1"))
        .collect();
    let index = format!("source\n9:1\n9:2000\n/a\t5\t5{versions}");
    refuses(
        file_of(&index, vec![]),
        too_much("1,000 versions of a policy"),
    );
    let policies = "/a\t5\t5\t1 1\n".repeat(20_001);
    let index = format!("source\n9:30000\n\n{policies}");
    refuses(file_of(&index, vec![]), too_much("20,000 policies"));
}

#[test]
fn changes_that_double_a_document_come_to_an_end() {
    // The document, and white space that each version has twice as much of: a JSON text all the same.
    let padded = format!("{ALLOW}{}", " ".repeat(63));
    let mut length = padded.len() - ALLOW.len();
    let mut changes = Vec::new();
    let mut lines = String::new();
    let number = |mut number: usize| {
        let mut bytes = Vec::new();
        while number > 0x7f {
            bytes.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        bytes.push(number as u8);
        bytes
    };
    for version in (1..20).rev() {
        let all = number(ALLOW.len() + length);
        let spaces = number(length);
        let back = number(length * 2 - 1);
        let change = [&[0, 0], all.as_slice(), &[0], &back, &spaces].concat();
        lines.push_str(&format!("\t{version} {}", change.len()));
        changes.extend(change);
        length *= 2;
    }
    let lines = format!("/a\t5\t5\t20 {}{lines}", padded.len());
    refuses(
        file(&[padded.as_bytes()], &[&changes], &lines),
        DataError::Version { line: 4, number: 5 },
    );
}

#[test]
fn all_documents_together_have_a_bound() {
    // 999 versions of half a MiB.
    let padded = format!("{ALLOW}{}", " ".repeat(512 << 10));
    let length = padded.len();
    let low = |shift: usize| (length >> shift) as u8 & 0x7f;
    let same = [0, 0, low(0) | 0x80, low(7) | 0x80, low(14)];
    let versions: String = (1..1_000)
        .rev()
        .map(|number| format!("\t{number} 5"))
        .collect();
    let file = file(
        &[padded.as_bytes()],
        &[&same.repeat(999)],
        &format!("/a\t5\t5\t1000 {length}{versions}"),
    );
    refuses(file, DataError::TooMuch("256 MiB of documents"));
}

proptest! {
    /// Whatever happens to a file, it is refused or all of it can be used.
    #[test]
    fn a_damaged_file_is_refused_or_works(
        place in 0..small_file().len(),
        byte in any::<u8>(),
        keep in 0..small_file().len() + 20,
    ) {
        let mut file = small_file();
        file[place] = byte;
        file.truncate(keep);
        if let Ok(table) = ManagedPolicies::read(file) {
            for policy in table.iter() {
                prop_assert!(policy.compiled().is_ok());
                for version in policy.versions() {
                    prop_assert!(policy.document(version.number).unwrap().is_some());
                }
            }
        }
    }
}
