-- What an answer said: by a hook no key tells it.
ALTER TABLE ledger ADD COLUMN answer TEXT;      -- allow, grant, deny, option, text; entries of answers only
