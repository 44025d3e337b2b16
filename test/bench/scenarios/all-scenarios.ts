import { AUDIT } from './audit.ts';
import { BACKLOG, BUSY, GZIP, JSON_LINES, LONG_LINES, SHORT_LINES } from './drains.ts';
import { FLAT } from './flat.ts';
import { IDLE } from './idle.ts';
import { PATH } from './path.ts';
import { PODS } from './pods.ts';
import type { Scenario } from './scenario.ts';
import { STEADY } from './steady.ts';

export const SCENARIOS: readonly Scenario[] = [
  BACKLOG,
  BUSY,
  STEADY,
  IDLE,
  PODS,
  LONG_LINES,
  JSON_LINES,
  SHORT_LINES,
  GZIP,
  FLAT,
  PATH,
  AUDIT,
];
