-- What reached the stand-ins. Times are RFC 3339 in UTC with microseconds; amounts are minor units.
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,              -- sms | email
    recipient TEXT NOT NULL,         -- E.164 or a lower-case address
    subject TEXT,
    text TEXT NOT NULL,
    html TEXT,
    at TEXT NOT NULL,
    links TEXT NOT NULL,             -- JSON list
    key TEXT                         -- the sender's idx or Message-ID: doubles share it
);
CREATE INDEX IF NOT EXISTS messages_by_recipient ON messages (recipient, id);

-- Pages that came with a letter to be kept, in their order.
CREATE TABLE IF NOT EXISTS attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL,
    name TEXT NOT NULL,
    html TEXT NOT NULL
);

-- One row for each order opened at a payment provider.
CREATE TABLE IF NOT EXISTS attempts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    reference TEXT NOT NULL,         -- the seller's own: PAYMENT-ATTEMPT
    payment_id TEXT NOT NULL,        -- the reference without its last "-…"
    order_id TEXT NOT NULL,          -- the provider's
    token TEXT NOT NULL,             -- names the payer's page
    method TEXT NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,            -- what the payer did: pending | paid | failed | refunded
    settled INTEGER NOT NULL,        -- 1 once the seller took the money: verified, captured
    refunded INTEGER NOT NULL,
    details TEXT NOT NULL,           -- JSON object, the provider's own
    at TEXT NOT NULL,
    UNIQUE (provider, order_id)
);
CREATE INDEX IF NOT EXISTS attempts_by_payment ON attempts (payment_id, id);
CREATE INDEX IF NOT EXISTS attempts_by_reference ON attempts (provider, reference);
CREATE INDEX IF NOT EXISTS attempts_by_token ON attempts (provider, token);

CREATE TABLE IF NOT EXISTS refunds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    refund_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    details TEXT NOT NULL,
    at TEXT NOT NULL
);

-- Events that the seller's own system was told, one row an id; `times` counts how often each came.
CREATE TABLE IF NOT EXISTS seller_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    timestamp TEXT NOT NULL,         -- of what happened
    data TEXT NOT NULL,              -- JSON object
    at TEXT NOT NULL,                -- of its first arrival
    times INTEGER NOT NULL
);

-- Idempotency keys seen, with the answer that was given.
CREATE TABLE IF NOT EXISTS keys (
    provider TEXT NOT NULL,
    key TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    request TEXT NOT NULL,           -- what was asked, as a hash
    at TEXT NOT NULL,
    PRIMARY KEY (provider, key)
);

CREATE TABLE IF NOT EXISTS faults (
    provider TEXT PRIMARY KEY,
    mode TEXT NOT NULL,
    times INTEGER                    -- how often yet; NULL: until cleared
);

-- Every call that came in and every notice that went out.
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    provider TEXT NOT NULL,
    direction TEXT NOT NULL,         -- in | out
    what TEXT NOT NULL,
    outcome TEXT NOT NULL,           -- in: the fault met, or "served"; out: the status answered, or the error's name
    at TEXT NOT NULL
);

-- What the providers will do by themselves later: late notices, repeats.
CREATE TABLE IF NOT EXISTS scheduled (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    due_at TEXT NOT NULL,
    provider TEXT NOT NULL,
    subject TEXT NOT NULL,
    details TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS scheduled_by_due ON scheduled (due_at, id);

-- Log-ins and access tokens that the stand-ins gave out.
CREATE TABLE IF NOT EXISTS sessions (
    provider TEXT NOT NULL,
    session TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    PRIMARY KEY (provider, session)
);

-- Ways to pay that the providers keep for their payers.
CREATE TABLE IF NOT EXISTS kept_methods (
    provider TEXT NOT NULL,
    token TEXT NOT NULL,
    customer TEXT NOT NULL,
    label TEXT NOT NULL,
    next TEXT NOT NULL,              -- what a charge comes to: works | declined | needs_payer | gone
    kept INTEGER NOT NULL,           -- 0 once it was forgotten
    details TEXT NOT NULL,           -- JSON object, the provider's own
    at TEXT NOT NULL,
    PRIMARY KEY (provider, token)
);

-- The help desk: what stands in one inbox of one account.
CREATE TABLE IF NOT EXISTS chatwoot_contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    identifier TEXT UNIQUE,
    email TEXT UNIQUE,
    phone_number TEXT UNIQUE,
    name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS chatwoot_conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL,
    source_id TEXT NOT NULL,
    status TEXT NOT NULL,            -- open | resolved | pending | snoozed
    assignee TEXT,                   -- an agent's name
    custom_attributes TEXT NOT NULL  -- JSON object
);
CREATE TABLE IF NOT EXISTS chatwoot_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id INTEGER NOT NULL,
    content TEXT,
    message_type INTEGER NOT NULL,   -- 0 incoming, 1 outgoing
    private INTEGER NOT NULL,
    source_id TEXT,
    sender TEXT NOT NULL,            -- an agent's name; empty: the contact, or the token's own user
    status TEXT NOT NULL,            -- sent | failed: its webhook wasn't taken
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS chatwoot_attachments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    message_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    data BLOB NOT NULL
);

-- Telegram: bots, people, their private chats, and updates until a bot confirms them.
CREATE TABLE IF NOT EXISTS telegram_bots (
    id INTEGER PRIMARY KEY,          -- the number in its token
    webhook TEXT,                    -- JSON object: url, secret_token; NULL: the bot asks by itself
    allowed TEXT NOT NULL,           -- JSON list: the kinds of updates it wants
    commands TEXT NOT NULL           -- JSON object: the menu by language, "" for all others
);
CREATE TABLE IF NOT EXISTS telegram_profiles (
    bot INTEGER NOT NULL,
    name TEXT NOT NULL,              -- description | short_description | menu_button
    language TEXT NOT NULL,          -- "" for all others
    value TEXT NOT NULL,
    PRIMARY KEY (bot, name, language)
);
CREATE TABLE IF NOT EXISTS telegram_people (
    id INTEGER PRIMARY KEY,
    first_name TEXT NOT NULL,
    language_code TEXT NOT NULL,
    phone TEXT NOT NULL              -- as Telegram shares it: no plus
);
CREATE TABLE IF NOT EXISTS telegram_chats (
    bot INTEGER NOT NULL,
    person INTEGER NOT NULL,
    blocked INTEGER NOT NULL,        -- 1: by the person
    keyboard TEXT,                   -- JSON object: the reply keyboard in force
    PRIMARY KEY (bot, person)
);
CREATE TABLE IF NOT EXISTS telegram_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bot INTEGER NOT NULL,
    person INTEGER NOT NULL,
    by_bot INTEGER NOT NULL,
    fixed INTEGER NOT NULL,          -- 1: it came with a reply keyboard, so that it can't be edited
    content TEXT NOT NULL,           -- JSON object, the Bot API's fields: text, entities, contact, reply_markup
    at INTEGER NOT NULL,             -- seconds, as Telegram dates
    edited_at INTEGER
);
CREATE INDEX IF NOT EXISTS telegram_messages_by_chat ON telegram_messages (bot, person, id);
CREATE TABLE IF NOT EXISTS telegram_presses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bot INTEGER NOT NULL,
    person INTEGER NOT NULL,
    at TEXT NOT NULL,
    answered INTEGER NOT NULL DEFAULT 0,
    text TEXT NOT NULL DEFAULT '',
    alert INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS telegram_updates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    bot INTEGER NOT NULL,
    content TEXT NOT NULL            -- JSON object, without its update_id
);
CREATE INDEX IF NOT EXISTS telegram_updates_by_bot ON telegram_updates (bot, id);

-- The recogniser of speech: what it is to hear, and what it was given. No sound is kept.
CREATE TABLE IF NOT EXISTS transcription_told (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL,
    sha256 TEXT,                     -- of the recording that is meant; NULL: the next one
    sender TEXT,                     -- kept for whoever looks, nothing goes by it
    times INTEGER,                   -- how often yet; NULL: until a reset
    duration REAL,                   -- seconds
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS transcription_recordings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    told INTEGER,                    -- the row above that was heard; NULL: nothing was
    sha256 TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    filename TEXT NOT NULL,
    media_type TEXT NOT NULL,
    language TEXT,
    prompt TEXT,
    at TEXT NOT NULL
);
