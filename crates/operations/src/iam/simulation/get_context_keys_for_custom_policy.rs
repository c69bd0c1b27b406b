//! Lists the context keys that policies name in conditions and variables, for a simulation of them.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyInputList` | required | list of: text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:GetContextKeysForCustomPolicy`.
//! Faults: `InvalidInput` (400).
//!
//! <!-- end of facts -->

use keyward_api::iam::{GetContextKeysForCustomPolicyRequest, GetContextKeysForPolicyResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};

use crate::simulator;

pub(crate) async fn get_context_keys_for_custom_policy(
    call: Call<GetContextKeysForCustomPolicyRequest>,
) -> Outcome<GetContextKeysForPolicyResponse> {
    let permit = call.authorize(Resource::any())?;
    let keys = simulator::context_keys_of(&call.input().policy_input_list).await?;
    permit.answer(GetContextKeysForPolicyResponse {
        context_key_names: Some(keys),
    })
}

#[cfg(test)]
mod tests {
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
}
