-- What an answer said: by a hook no key tells it.
ALTER TABLE ledger ADD COLUMN answer TEXT;      -- allow, deny, option, text; entries of answers only
