import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stateDiagramPage } from './state-diagram';

const PAGE = resolve(__dirname, '../../../../docs/state-diagram.md');

describe('docs/state-diagram.md', () => {
  it('shows the transition table (UPDATE_LOCKS=1 writes it)', () => {
    if (process.env['UPDATE_LOCKS'] === '1') writeFileSync(PAGE, stateDiagramPage());
    expect(readFileSync(PAGE, 'utf8')).toBe(stateDiagramPage());
  });
});
