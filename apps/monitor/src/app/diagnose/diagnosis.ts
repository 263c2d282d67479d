export interface Evidence {
  readonly fact: string;
  readonly value: string;
}

export interface Remedy {
  readonly text: string;
  /** For the operator of the platform. */
  readonly command?: string;
}

/** What a rule has found. */
export interface Finding {
  /** Stable. */
  readonly code: string;
  /** One sentence. */
  readonly summary: string;
  readonly action: Remedy;
}

/** Why an instance does not serve, or that it does; the most fundamental cause there is. */
export interface Diagnosis extends Finding {
  readonly evidence: readonly Evidence[];
  readonly checkedAt: Date;
}
