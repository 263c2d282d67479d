import fc from 'fast-check';
import { formatTraceparent, nextTraceparent, parseTraceparent } from './traceparent';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('traceparent', () => {
  it('reads what it writes', () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
    const notZero = (text: string) => !/^0+$/.test(text);
    const parts = fc.record({
      traceId: hex(32).filter(notZero),
      spanId: hex(16).filter(notZero),
      sampled: fc.boolean(),
    });
    fc.assert(
      fc.property(parts, (written) => expect(parseTraceparent(formatTraceparent(written))).toEqual(written)),
    );
  });

  it('reads a later version, which may carry more', () => {
    expect(parseTraceparent(`cc-${TRACE}-${SPAN}-01-more`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      sampled: true,
    });
  });

  it.each([
    undefined,
    '',
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE}-${SPAN}-01\n`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}`,
  ])('ignores %j', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });

  it('keeps the trace and makes a new hop', () => {
    const next = parseTraceparent(nextTraceparent(`00-${TRACE}-${SPAN}-00`));
    expect(next).toMatchObject({ traceId: TRACE, sampled: false });
    expect(next?.spanId).not.toBe(SPAN);
  });

  it('begins a trace where there is none', () => {
    expect(parseTraceparent(nextTraceparent('nonsense'))).toMatchObject({ sampled: true });
  });
});
