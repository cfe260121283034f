import { compiledFor } from '../../../src/config/schema/compiled.js';
import { flyLikeProvider } from '../fly-like-provider.js';

describe('compiledFor', () => {
  const one = flyLikeProvider();
  const other = flyLikeProvider({ name: 'other', optionsSchema: { ...one.optionsSchema } });

  it('compiles once for the same providers, also when they are other objects with the same schema', () => {
    const first = compiledFor([one, other]);
    expect(compiledFor([{ ...one }, other])).toBe(first);
    expect(compiledFor([one])).toBe(compiledFor([one]));
  });

  it('tells apart what differs in the set, in the schema, or in the name alone', () => {
    const first = compiledFor([one]);
    expect(compiledFor([one, other])).not.toBe(first);
    expect(compiledFor([{ ...one, optionsSchema: { ...one.optionsSchema } }])).not.toBe(first);
    expect(compiledFor([{ ...one, name: 'third' }])).not.toBe(first);
    expect(compiledFor([])).not.toBe(first);
  });
});
