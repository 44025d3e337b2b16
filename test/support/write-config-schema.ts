import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { configSchema } from '../../agent/config/schema.ts';

const FILE = new URL('../../agent/config/schema.json', import.meta.url);

/** The JSON Schema of what an operator may write, as it should stand in agent/config/schema.json. */
export function configJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', reused: 'inline' });
  return `${JSON.stringify({ $schema, title: 'logferry configuration', ...schema }, null, 2)}\n`;
}

/** The JSON Schema that the repository holds. */
export function writtenJsonSchema(): string {
  return readFileSync(FILE, 'utf8');
}

if (import.meta.main) writeFileSync(FILE, configJsonSchema());
