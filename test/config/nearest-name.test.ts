import { describe, expect, it } from 'vitest';
import { nearestName } from '../../agent/config/nearest-name.ts';

describe(nearestName, () => {
  const known = ['timeout_seconds', 'batch_bytes', 'batch_wait_seconds', 'tls', 'url', 'name', 'password_file'];
  it.each([
    ['timeout', 'timeout_seconds'],
    ['password', 'password_file'],
    ['batch', 'batch_bytes'],
    ['batch_byte', 'batch_bytes'],
    ['bacth_bytes', 'batch_bytes'],
    ['batchBytes', 'batch_bytes'],
    ['Name', 'name'],
    ['nmae', 'name'],
    ['uri', 'url'],
    ['ur', 'url'],
    ['tsl', 'tls'],
    ['ssl', null],
    ['x', null],
    ['', null],
    ['colour', null],
    ['constructor', null],
  ])('%s: %s', (name, wanted) => {
    expect(nearestName(name, known)).toBe(wanted);
  });
});
