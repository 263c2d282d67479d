import type { Thing, ThingKind } from './thing';

/**
 * Knows one kind of thing where it is. Whoever calls has just looked whether the thing is still ours (`find`) and nobody's.
 * Each change can be repeated, and does nothing for what is gone.
 */
export interface Reaper {
  readonly kind: ThingKind;
  /** Everything that carries this platform's mark, owned or not. */
  list(): Promise<Thing[]>;
  /** As it is now; `undefined` when it is gone or not ours any more. */
  find(thing: Thing): Promise<Thing | undefined>;
  /** Puts it out of action so that it can be brought back. */
  quarantine(thing: Thing): Promise<void>;
  /** Undoes `quarantine`. */
  release(thing: Thing): Promise<void>;
  remove(thing: Thing): Promise<void>;
  /** Bytes it takes; absent where that says nothing. */
  measure?(thing: Thing): Promise<number>;
}
