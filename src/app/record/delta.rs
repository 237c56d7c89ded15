//! What changed from one JSON value to the next of its kind: a screen of which one row moves on, a list of tasks of which one
//! is done. Written so, a recording takes a tenth of the room. Both ends keep the last value of each kind.
//!
//! A change is `null` (nothing), `{"is": V}` (it is V now), `{"keys": {K: change…}, "gone": [K…]}` of an object, or `{"items": […]}` of
//! an array, whose items are `[from, count]` (as they stood), `[from, change]` (the one that stood there, changed), or `{"is": V}`.

use serde_json::{Map, Value, json};

/// So far around its place an item is looked for.
const NEAR: usize = 256;

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

/// What `old` becomes. `None`: no change of such a value is written like that.
pub fn patch(old: &Value, change: &Value) -> Option<Value> {
    if change.is_null() {
        return Some(old.clone());
    }
    if let Some(value) = change.get("is") {
        return Some(value.clone());
    }
    if let Some(all) = change.get("items") {
        return patch_items(old.as_array()?, all.as_array()?).map(Value::Array);
    }
    let (mut new, keys) = (old.as_object()?.clone(), change.get("keys")?.as_object()?);
    for gone in change.get("gone").and_then(Value::as_array).into_iter().flatten() {
        new.remove(gone.as_str()?)?;
    }
    for (key, change) in keys {
        let value = patch(new.get(key).unwrap_or(&Value::Null), change)?;
        new.insert(key.clone(), value);
    }
    Some(Value::Object(new))
}

fn patch_items(old: &[Value], items: &[Value]) -> Option<Vec<Value>> {
    let mut new = Vec::with_capacity(old.len());
    for item in items {
        let Some([from, what]) = item.as_array().map(Vec::as_slice) else {
            new.push(item.get("is")?.clone());
            continue;
        };
        let from = usize::try_from(from.as_u64()?).ok()?;
        match what.as_u64() {
            Some(count) => {
                let end = from.checked_add(usize::try_from(count).ok()?)?;
                new.extend_from_slice(old.get(from..end)?);
            }
            None => new.push(patch(old.get(from)?, what)?),
        }
    }
    Some(new)
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
