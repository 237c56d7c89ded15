//! What changed from one JSON value to the next of its kind: a screen of which one row moves on, a list of tasks of which one
//! is done. Written so, a recording takes a tenth of the room. Both ends keep the last value of each kind.
//!
//! A change is `null` (nothing), `{"is": V}` (it is V now), `{"keys": {K: change…}, "gone": [K…]}` of an object, or `{"items": […]}` of
//! an array, whose items are `[from, count]` (as they stood), `[from, change]` (the one that stood there, changed), or `{"is": V}`.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

/// So far around its place an item is looked for.
const NEAR: usize = 256;
/// Nothing larger is built of a change, in bytes: a short one can double a value, the next one that, and so on.
const LARGEST: usize = 64 << 20;

/// What leads from `old` to `new`.
pub fn diff(old: &Value, new: &Value) -> Value {
    match (old, new) {
        (old, new) if old == new => Value::Null,
        (Value::Object(old), Value::Object(new)) => object(old, new),
        (Value::Array(old), Value::Array(new)) => json!({ "items": items(old, new) }),
        (_, new) => json!({ "is": new }),
    }
}

fn object(old: &Map<String, Value>, new: &Map<String, Value>) -> Value {
    let mut keys = Map::new();
    for (key, value) in new {
        let change = old.get(key).map_or_else(|| json!({ "is": value }), |was| diff(was, value));
        if !change.is_null() {
            keys.insert(key.clone(), change);
        }
    }
    let gone: Vec<&String> = old.keys().filter(|k| !new.contains_key(*k)).collect();
    if gone.is_empty() { json!({ "keys": keys }) } else { json!({ "keys": keys, "gone": gone }) }
}

fn items(old: &[Value], new: &[Value]) -> Vec<Value> {
    let mut out = Vec::new();
    // Where the next one is looked for first.
    let mut next = 0_usize;
    let mut at = 0;
    while at < new.len() {
        let near = next.saturating_sub(NEAR).min(old.len())..(next + NEAR).min(old.len());
        let first = old.get(next).filter(|o| **o == new[at]).map(|_| next);
        if let Some(from) = first.or_else(|| near.clone().find(|&i| old[i] == new[at])) {
            let run = old[from..].iter().zip(&new[at..]).take_while(|(o, n)| o == n).count();
            out.push(json!([from, run]));
            (next, at) = (from + run, at + run);
            continue;
        }
        out.push(match (old.get(next), &new[at]) {
            (Some(was), Value::Object(_) | Value::Array(_)) => json!([next, diff(was, &new[at])]),
            (_, value) => json!({ "is": value }),
        });
        (next, at) = (next + 1, at + 1);
    }
    out
}

/// What `old` becomes. `None`: no change of such a value is written like that, or it becomes too large.
pub fn patch(old: &Value, change: &Value) -> Option<Value> {
    patch_within(old, change, &mut { LARGEST })
}

/// The same where so many bytes are left.
fn patch_within(old: &Value, change: &Value, left: &mut usize) -> Option<Value> {
    if change.is_null() {
        return copy(old, left);
    }
    if let Some(value) = change.get("is") {
        return copy(value, left);
    }
    if let Some(all) = change.get("items") {
        return patch_items(old.as_array()?, all.as_array()?, left).map(Value::Array);
    }
    let (old, keys) = (old.as_object()?, change.get("keys")?.as_object()?);
    let gone = change.get("gone").and_then(Value::as_array).into_iter().flatten();
    let gone: BTreeSet<&str> = gone.map(Value::as_str).collect::<Option<_>>()?;
    if gone.iter().any(|key| !old.contains_key(*key)) {
        return None;
    }
    let mut new = Map::new();
    for (key, value) in old {
        if !gone.contains(key.as_str()) && !keys.contains_key(key) {
            new.insert(key.clone(), copy(value, left)?);
        }
    }
    for (key, change) in keys {
        let was = old.get(key).filter(|_| !gone.contains(key.as_str()));
        new.insert(key.clone(), patch_within(was.unwrap_or(&Value::Null), change, left)?);
    }
    Some(Value::Object(new))
}

fn patch_items(old: &[Value], items: &[Value], left: &mut usize) -> Option<Vec<Value>> {
    let mut new = Vec::new();
    for item in items {
        let Some([from, what]) = item.as_array().map(Vec::as_slice) else {
            new.push(copy(item.get("is")?, left)?);
            continue;
        };
        let from = usize::try_from(from.as_u64()?).ok()?;
        match what.as_u64() {
            Some(count) => {
                let end = from.checked_add(usize::try_from(count).ok()?)?;
                for value in old.get(from..end)? {
                    new.push(copy(value, left)?);
                }
            }
            None => new.push(patch_within(old.get(from)?, what, left)?),
        }
    }
    Some(new)
}

/// A copy, if it fits in.
fn copy(value: &Value, left: &mut usize) -> Option<Value> {
    *left = left.checked_sub(weight(value))?;
    Some(value.clone())
}

/// About the bytes that a value takes.
fn weight(value: &Value) -> usize {
    let own = size_of::<Value>();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => own,
        Value::String(s) => own + s.len(),
        Value::Array(all) => own + all.iter().map(weight).sum::<usize>(),
        Value::Object(all) => own + all.iter().map(|(k, v)| own + k.len() + weight(v)).sum::<usize>(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (0u8..4).prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from),
            Just(json!({ "is": 1 })),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                proptest::collection::btree_map("[abc]|is|keys|items", inner, 0..4)
                    .prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_change_leads_from_one_to_the_other(old in any_value(), new in any_value()) {
            let change = diff(&old, &new);
            prop_assert_eq!(patch(&old, &change), Some(new));
        }

        #[test]
        fn whatever_is_said_to_be_a_change_breaks_nothing(old in any_value(), change in any_value()) {
            let _ = patch(&old, &change);
        }
    }

    #[test]
    fn a_change_that_doubles_again_and_again_is_refused() {
        let mut value = json!(["a row of some length, as they are"]);
        for _ in 0..24 {
            let all = value.as_array().map_or(0, Vec::len);
            match patch(&value, &json!({ "items": [[0, all], [0, all]] })) {
                Some(next) => value = next,
                None => return assert!(weight(&value) > LARGEST / 4, "refused too early"),
            }
        }
        panic!("nothing refused it");
    }

    #[test]
    fn what_moved_is_not_written_again() {
        let row = |n: u32| Value::from(format!("row {n}"));
        let rows = |from: u32, to: u32| (from..to).map(row).collect::<Value>();
        let scrolled = diff(&rows(0, 40), &rows(2, 42));
        assert_eq!(scrolled, json!({ "items": [[2, 38], { "is": "row 40" }, { "is": "row 41" }] }));
        let mut list: Vec<Value> = (0..40).map(row).collect();
        let before = Value::from(list.clone());
        list.insert(0, row(99));
        assert_eq!(diff(&before, &list.into()), json!({ "items": [{ "is": "row 99" }, [0, 40]] }));
    }
}
