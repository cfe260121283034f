/** Whole processes on a busy machine: no test here measures time, so none should fail for it. */
jest.setTimeout(120_000);
