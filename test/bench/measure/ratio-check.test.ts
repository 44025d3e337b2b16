import { expect, test } from 'vitest';
import { grossRegressions } from './ratio-check.ts';

const RECORDED = { 'logferry/limit': 0.6, 'logferry/rsyslogd': 4 };

test('half of the recorded ratio is borne, less is said', () => {
  expect(grossRegressions({ 'logferry/limit': 0.3, 'logferry/rsyslogd': 9 }, RECORDED)).toStrictEqual([]);
  expect(grossRegressions({ 'logferry/limit': 0.29, 'logferry/rsyslogd': 1 }, RECORDED)).toStrictEqual([
    'logferry/limit is 0.29, less than half of the recorded 0.60',
    'logferry/rsyslogd is 1.00, less than half of the recorded 4.00',
  ]);
});

test('a peer that is not on the machine, or is not recorded, is no regression', () => {
  expect(grossRegressions({ 'logferry/limit': 0.6 }, RECORDED)).toStrictEqual([]);
  expect(grossRegressions({ 'logferry/limit': 0.1 }, {})).toStrictEqual([]);
});
