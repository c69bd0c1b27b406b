//! The policy simulator.

mod bounds;
mod context_keys;
mod custom_policies;
mod principals;

use keyward_testkit::{Answer, World};

const ALL: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const NONE: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;
const GET: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}}"#;
const DENY: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}"#;
const BUCKET: &str = "arn:aws:s3:::bucket";
const OBJECT: &str = "arn:aws:s3:::bucket/key";
const ALICE: &str = "arn:aws:iam::111122223333:user/a/alice";
const OTHER_ROOT: &str = "arn:aws:iam::444455556666:root";

/// A simulation in the making: members of lists are numbered as they come.
#[derive(Clone, Default)]
struct Asked(Vec<(String, String)>);

impl Asked {
    fn of(actions: &[&str]) -> Self {
        actions.iter().fold(Self::default(), |asked, action| {
            asked.member("ActionNames", action)
        })
    }

    fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn member(self, list: &str, value: &str) -> Self {
        let begin = format!("{list}.member.");
        let number = self
            .0
            .iter()
            .filter(|(name, _)| name.starts_with(&begin))
            .count()
            + 1;
        self.and(&format!("{begin}{number}"), value)
    }

    fn policy(self, text: &str) -> Self {
        self.member("PolicyInputList", text)
    }

    fn boundary(self, text: &str) -> Self {
        self.member("PermissionsBoundaryPolicyInputList", text)
    }

    fn resource(self, arn: &str) -> Self {
        self.member("ResourceArns", arn)
    }

    fn level(self, number: usize, text: &str) -> Self {
        let level = format!("OrderedOrganizationPolicyInputList.member.{number}");
        self.member(&format!("{level}.ServiceControlPolicyInputList"), text)
    }

    fn entry(self, number: usize, name: &str, kind: &str, values: &[&str]) -> Self {
        let entry = format!("ContextEntries.member.{number}");
        let asked = self.and(&format!("{entry}.ContextKeyName"), name);
        let asked = asked.and(&format!("{entry}.ContextKeyType"), kind);
        let list = format!("{entry}.ContextKeyValues");
        values
            .iter()
            .fold(asked, |asked, value| asked.member(&list, value))
    }

    /// What Alice may do where a policy of the resource has a say.
    fn granted(self, resource_policy: &str) -> Self {
        self.and("CallerArn", ALICE)
            .and("ResourcePolicy", resource_policy)
    }

    async fn ask(&self) -> Answer {
        let world = World::new().await;
        self.ask_in(&world).await
    }

    async fn ask_in(&self, world: &World) -> Answer {
        let mut form: Vec<String> = Vec::new();
        for (name, value) in &self.0 {
            let encoded: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            form.push(format!("{name}={encoded}"));
        }
        if !self
            .0
            .iter()
            .any(|(name, _)| name.starts_with("PolicyInputList."))
        {
            form.push("PolicyInputList=".to_owned());
        }
        world
            .root()
            .ask("SimulateCustomPolicy", &form.join("&"))
            .await
    }

    async fn decisions(&self) -> Vec<String> {
        let heard = self.ask().await;
        assert_eq!(heard.fault(), "200");
        heard
            .texts("EvalDecision")
            .into_iter()
            .map(str::to_owned)
            .collect()
    }
}

/// What is in the result, without what is around it.
fn results(heard: &Answer) -> &str {
    assert_eq!(heard.fault(), "200");
    let (_, rest) = heard.body.split_once("<EvaluationResults>").unwrap();
    rest.split_once("</EvaluationResults>").unwrap().0
}

fn statement(id: &str, kind: &str, start: usize, end: usize) -> String {
    format!(
        "<member><SourcePolicyId>{id}</SourcePolicyId><SourcePolicyType>{kind}</SourcePolicyType>\
         <StartPosition><Line>1</Line><Column>{start}</Column></StartPosition>\
         <EndPosition><Line>1</Line><Column>{end}</Column></EndPosition></member>"
    )
}

fn resource_policy(effect: &str, principal: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":{principal},"Action":"*","Resource":"{BUCKET}*"}}}}"#
    )
}
