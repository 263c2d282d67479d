import { answerRules } from './answer-rules';
import type { Diagnosis, Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import { evidenceOf } from './evidence';
import { groundRules } from './ground-rules';
import { intentRules, underway } from './intent-rules';
import { nodeRules } from './node-rules';
import type { Rule } from './rule';
import { serviceRules } from './service-rules';
import { taskRules } from './task-rules';

/** From the most fundamental cause to the least: what comes first explains what comes later. */
const RULES: readonly Rule[] = [
  ...intentRules,
  ...nodeRules,
  ...groundRules,
  underway,
  ...serviceRules,
  ...taskRules,
  ...answerRules,
];

const SERVES: Finding = {
  code: 'instance.serving',
  summary: 'Nothing is wrong: Odoo runs and answers.',
  action: { text: 'Nothing has to be done.' },
};

/** One sentence that says why an instance does not serve, what shows it, and what mends it. */
export function diagnose(facts: DiagnosisFacts): Diagnosis {
  const finding = firstOf(facts) ?? SERVES;
  return { ...finding, evidence: evidenceOf(facts), checkedAt: facts.checkedAt };
}

function firstOf(facts: DiagnosisFacts): Finding | undefined {
  for (const rule of RULES) {
    const finding = rule(facts);
    if (finding !== undefined) return finding;
  }
  return undefined;
}
