import { Inject, Injectable } from '@nestjs/common';
import { systemClock } from '@saasodoo/kernel';
import type { InstanceStorage } from '@saasodoo/storage';
import { INSTANCE_STORAGE } from '@saasodoo/tenants';
import type { Repair } from './decide-repair';

/** What an Odoo does whose files cannot be had: it hangs, and it cannot be started. */
const CAN_BE_THE_STORAGE: readonly string[] = ['NotAnswering', 'CrashLooping'];

/** Swarm needs a moment to try again, and the monitor one to see that it worked. */
const AFTERMATH_MS = 60_000;

/**
 * Nothing is mended by taking down what waits for the storage: a process that hangs in it cannot even be killed, and who gives
 * an instance up for it leaves it down when the storage is back.
 */
@Injectable()
export class StorageExcuse {
  private lastTrouble: { readonly at: number; readonly code: string } | undefined;

  constructor(@Inject(INSTANCE_STORAGE) private readonly storage: InstanceStorage) {}

  /** The trouble that a repair is put off for; `undefined` when it is not. */
  async for({ reason }: Pick<Repair, 'reason'>): Promise<string | undefined> {
    if (!CAN_BE_THE_STORAGE.includes(reason)) return undefined;
    const now = systemClock.now().getTime();
    const trouble = await this.storage.trouble();
    if (trouble !== undefined) this.lastTrouble = { at: now, code: trouble.code };
    const { lastTrouble } = this;
    return lastTrouble !== undefined && now - lastTrouble.at < AFTERMATH_MS ? lastTrouble.code : undefined;
  }
}
