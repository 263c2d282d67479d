import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';

/** Looks for one cause. */
export type Rule = (facts: DiagnosisFacts) => Finding | undefined;
