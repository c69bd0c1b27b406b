//! Which context keys policies need to be told.

use keyward_testkit::{Answer, World};

async fn ask(documents: &[&str]) -> Answer {
    let parameter = |(index, text): (usize, &&str)| {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02X}")).collect();
        format!("PolicyInputList.member.{}={encoded}", index + 1)
    };
    let form: Vec<String> = documents.iter().enumerate().map(parameter).collect();
    let world = World::new().await;
    world
        .root()
        .ask("GetContextKeysForCustomPolicy", &form.join("&"))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_told_as_written_once_for_each_document() {
    let one = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:${no}",
        "Resource":["arn:aws:s3:::${aws:username, 'nobody'}/${*}","${aws:UserName}"],
        "Condition":{"StringEquals":{"aws:username":"${other:Key}"}}}]}"#;
    let two = r#"{"Statement":{"Effect":"Deny","Resource":"${aws:old}","Principal":"*",
        "Condition":{"Bool":{"aws:username":"true"}}}}"#;
    let heard = ask(&[one, two]).await;
    let expected = "<ContextKeyNames><member>aws:username</member><member>*</member>\
                    <member>aws:UserName</member><member>other:Key</member>\
                    <member>aws:username</member></ContextKeyNames>";
    assert!(heard.body.contains(expected), "{}", heard.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_may_lack_statements_and_must_be_policies() {
    let none = ask(&["{}"]).await;
    assert!(none.body.contains("<ContextKeyNames/>"), "{}", none.body);
    for text in [
        "[]",
        r#"{"Statement":{"Effect":"Allow","X":1}}"#,
        r#"{"Statement":{}}"#,
    ] {
        assert_eq!(
            ask(&["{}", text]).await.fault(),
            "400 InvalidInput: Policy input list item 2 has invalid content",
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_all_documents_are_told_of_a_policy_attached_twice_once() {
    let world = World::new().await;
    let document = |key: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{"StringEquals":{{"{key}":"x"}}}}}}}}"#
        )
    };
    let (inline, managed) = (document("aws:a"), document("aws:b"));
    let arn = "arn:aws:iam::123456789012:policy/p";
    for (action, form) in [
        ("CreateUser", "UserName=Bob".to_owned()),
        ("CreateGroup", "GroupName=Staff".to_owned()),
        ("AddUserToGroup", "GroupName=Staff&UserName=Bob".to_owned()),
        (
            "PutGroupPolicy",
            format!("GroupName=Staff&PolicyName=i&PolicyDocument={inline}"),
        ),
        (
            "CreatePolicy",
            format!("PolicyName=p&PolicyDocument={managed}"),
        ),
        ("AttachUserPolicy", format!("UserName=Bob&PolicyArn={arn}")),
        (
            "AttachGroupPolicy",
            format!("GroupName=Staff&PolicyArn={arn}"),
        ),
    ] {
        world.root().must(action, &form).await;
    }
    let form = format!(
        "PolicySourceArn=arn:aws:iam::123456789012:user/Bob&PolicyInputList.member.1={inline}"
    );
    let heard = world
        .root()
        .must("GetContextKeysForPrincipalPolicy", &form)
        .await;
    assert_eq!(heard.texts("member"), ["aws:a", "aws:b", "aws:a"]);
}
