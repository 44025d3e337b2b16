import { compileTemplate } from '../../agent/templates/compile-template.ts';

export type Values = Readonly<Record<string, string>>;

/** What a template makes of values; null when it fails. Throws when it is none. */
export function rendered(source: string, values: Values = {}, maxBytes = 1000): string | null {
  const template = compileTemplate(source);
  if ('fault' in template) throw new Error(template.fault);
  return template.render(
    template.fields.map((name) => values[name] ?? null),
    maxBytes,
  );
}
