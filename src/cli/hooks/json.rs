//! Where things stand in a JSON text, so that a part can be changed and every other byte stays. For texts that serde_json
//! has accepted; what they mean is its business.

use std::ops::Range;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// From its first byte to behind its last.
    pub span: Range<usize>,
    /// What it holds.
    pub kind: Kind,
}

/// What a value holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Members in order.
    Object(Vec<Member>),
    /// Elements in order.
    Array(Vec<Node>),
    /// A string, number, true, false, null.
    Plain,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name, as it reads.
    pub key: String,
    /// From the name's first byte to behind the value.
    pub span: Range<usize>,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Reads a text; `None` if it is not JSON.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
        let mut reader = Reader { text, at: 0 };
        reader.space();
        reader.value()
    }

    /// The members of an object.
    pub fn members(&self) -> Option<&[Member]> {
        if let Kind::Object(members) = &self.kind { Some(members) } else { None }
    }

    /// The elements of an array.
    pub fn elements(&self) -> Option<&[Self]> {
        if let Kind::Array(elements) = &self.kind { Some(elements) } else { None }
    }

    /// The value of that name; of several the last, as readers of JSON take it.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.members()?.iter().rev().find(|m| m.key == key).map(|m| &m.value)
    }

    /// A string's text.
    pub fn string(&self, text: &str) -> Option<String> {
        serde_json::from_str(text.get(self.span.clone())?).ok()
    }

    /// Where the parts of an object or array stand.
    pub fn parts(&self) -> Vec<Range<usize>> {
        match &self.kind {
            Kind::Object(members) => members.iter().map(|m| m.span.clone()).collect(),
            Kind::Array(elements) => elements.iter().map(|e| e.span.clone()).collect(),
            Kind::Plain => Vec::new(),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    /// One byte that must stand here, and the space behind it.
    fn token(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)?;
        self.space();
        Some(())
    }

    fn value(&mut self) -> Option<Node> {
        let start = self.at;
        let kind = match self.peek()? {
            b'{' => Kind::Object(self.list(b'{', b'}', Self::member)?),
            b'[' => Kind::Array(self.list(b'[', b']', Self::value)?),
            b'"' => {
                self.string()?;
                Kind::Plain
            }
            _ => {
                while self.peek().is_some_and(|b| !b.is_ascii_whitespace() && !b",]}".contains(&b)) {
                    self.at += 1;
                }
                Kind::Plain
            }
        };
        Some(Node { span: start..self.at, kind })
    }

    fn list<T>(&mut self, open: u8, close: u8, part: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        self.token(open)?;
        let mut parts = Vec::new();
        while self.peek()? != close {
            parts.push(part(self)?);
            self.space();
            if self.peek()? != close {
                self.token(b',')?;
            }
        }
        self.at += 1;
        Some(parts)
    }

    fn member(&mut self) -> Option<Member> {
        let start = self.at;
        self.string()?;
        let key = serde_json::from_str(&self.text[start..self.at]).ok()?;
        self.space();
        self.token(b':')?;
        let value = self.value()?;
        Some(Member { key, span: start..value.span.end, value })
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_where_they_are() {
        let text = " { \"a\\\"\\u0062\" : [1, {\"x\":null } ,\"]\"],\n\t\"c\":-1e5}\n";
        let root = Node::read(text).expect("JSON");
        let members = root.members().expect("an object");
        let told: Vec<(&str, &str)> =
            members.iter().map(|m| (&*m.key, &text[m.value.span.clone()])).collect();
        assert_eq!(told, [("a\"b", "[1, {\"x\":null } ,\"]\"]"), ("c", "-1e5")]);
        let elements = members[0].value.elements().expect("an array");
        let told: Vec<&str> = elements.iter().map(|e| &text[e.span.clone()]).collect();
        assert_eq!(told, ["1", "{\"x\":null }", "\"]\""]);
        assert_eq!(elements[2].string(text).as_deref(), Some("]"));
        assert_eq!(&text[root.span], text.trim());
    }

    #[test]
    fn what_is_not_json_is_none() {
        for bad in ["", "{", "{a:1}", "{} {}", "[1,]", "// x\n{}", "\u{feff}{}", "{\"a\":1,}", "'a'"] {
            assert_eq!(Node::read(bad), None, "{bad:?}");
        }
    }
}
