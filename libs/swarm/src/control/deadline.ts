import { systemClock } from '@saasodoo/kernel';

/** Shares one limit of time between waits that follow each other. */
export class Deadline {
  private readonly endMs: number;

  constructor(withinMs: number) {
    this.endMs = systemClock.now().getTime() + withinMs;
  }

  /** Milliseconds; never below 1, so that the last wait looks once. */
  left(): number {
    return Math.max(1, this.endMs - systemClock.now().getTime());
  }
}
