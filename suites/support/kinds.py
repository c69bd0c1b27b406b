"""Users, groups and roles, for what is the same of all three."""

from support.documents import PREFIX, trust


class Kind:
    """What owns policies."""

    def __init__(self, word):
        self.word, self.member = word, f"{word.title()}Name"

    def __repr__(self):
        return self.word

    def make(self, iam, name="Owner", **members):
        """Makes one. Gives what was answered of it."""
        if self.word == "role":
            members = {"AssumeRolePolicyDocument": trust(), **members}
        return getattr(iam, f"create_{self.word}")(**{self.member: name}, **members)[self.word.title()]

    def call(self, iam, operation, name="Owner", **members):
        """Calls `put_{kind}_policy` and the like."""
        return self.method(iam, operation)(**{self.member: name}, **members)

    def method(self, iam, operation):
        return getattr(iam, operation.format(kind=self.word))

    def named(self, name="Owner"):
        return {self.member: name}

    def arn(self, name="Owner"):
        return f"{PREFIX}:{self.word}/{name}"

    def missing(self, name):
        return f"The {self.word} with name {name} cannot be found."


USER, GROUP, ROLE = Kind("user"), Kind("group"), Kind("role")
ALL = [USER, GROUP, ROLE]
