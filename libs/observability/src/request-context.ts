import { AsyncLocalStorage } from 'node:async_hooks';

/** What everything done for one request or one message has in common; nobody passes it by hand. */
export interface RequestScope {
  /** The story this belongs to: copied from the caller, handed on unchanged. */
  readonly correlationId: string;
  /** W3C trace context of this hop. */
  readonly traceparent: string;
  /** Who asked, once that is known: `customer:{id}`, `operator:{id}` or `system:{app}`. */
  readonly actor?: string;
}

interface Holder {
  scope: RequestScope;
}

const storage = new AsyncLocalStorage<Holder>();

/** The ambient scope of the request or message being handled. */
export class RequestContext {
  /** Runs `work`, and all it awaits, inside `scope`. */
  static runWith<T>(scope: RequestScope, work: () => T): T {
    return storage.run({ scope }, work);
  }

  /** The scope of the caller; `undefined` outside of any request or message. */
  static current(): RequestScope | undefined {
    return storage.getStore()?.scope;
  }

  /** Says who asked, as soon as it is proved; does nothing outside of a scope. */
  static identify(actor: string): void {
    const holder = storage.getStore();
    if (holder !== undefined) holder.scope = { ...holder.scope, actor };
  }
}
