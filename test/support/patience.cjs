// Real parts start, pull and boot: a busy machine must not fail a test that only has to wait.
jest.setTimeout(120_000);
