import { z } from 'zod';
import { anyLabelName } from '../label-name.ts';
import { tenant } from '../scalar-schemas.ts';
import { valueName } from './value-name.ts';

/** Exactly one of the keys is there. */
export interface TenantConfig {
  readonly source?: string;
  readonly label?: string;
  readonly value?: string;
}

export const tenantSchema: z.ZodType<TenantConfig> = z
  .strictObject({
    source: valueName().exactOptional().describe('Name of the extracted value that holds the tenant.'),
    label: anyLabelName().exactOptional().describe('Name of the label that holds it.'),
    value: tenant().exactOptional().describe('The tenant.'),
  })
  .refine((written) => Object.keys(written).length === 1, { error: 'write one of source, label and value' })
  .describe('Says whose an entry is.');
