import { setTimeout as delay } from 'node:timers/promises';
import { RequestContext } from './request-context';

const scope = (correlationId: string) => ({ correlationId, traceparent: '00-' });

describe('RequestContext', () => {
  it('is there in all that is awaited, apart for each, and nowhere else', async () => {
    const seen = await Promise.all(
      ['a', 'b'].map((id) =>
        RequestContext.runWith(scope(id), async () => {
          await delay(1);
          return RequestContext.current()?.correlationId;
        }),
      ),
    );
    expect(seen).toEqual(['a', 'b']);
    expect(RequestContext.current()).toBeUndefined();
  });

  it('learns who asked, for those who look later in the same scope', async () => {
    await RequestContext.runWith(scope('a'), async () => {
      await Promise.resolve().then(() => RequestContext.identify('customer:1'));
      expect(RequestContext.current()).toEqual({ ...scope('a'), actor: 'customer:1' });
    });
    RequestContext.identify('nobody');
    expect(RequestContext.current()).toBeUndefined();
  });
});
