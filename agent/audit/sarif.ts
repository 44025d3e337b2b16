import { CHECKS, type Check, type Finding } from './finding.ts';

/** Findings as SARIF 2.1.0 (OASIS), what code review of forges shows beside the lines. Ends with a line break. */
export function toSarif(findings: readonly Finding[], version: string): string {
  const rules = Object.entries(CHECKS).map(([id, text]) => ({ id, shortDescription: { text } }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'logferry audit check', version, rules } }, results: findings.map(resultOf) }],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function resultOf(finding: Finding): object {
  const { check, severity, message, file, place, key, example, fix } = finding;
  const region = place === null ? {} : { region: { startLine: place.line, startColumn: place.column } };
  const artifactLocation = { uri: encodeURI(file) };
  return {
    ruleId: check,
    ruleIndex: Object.keys(CHECKS).indexOf(check satisfies Check),
    level: severity,
    message: { text: messageText({ key, message, example, fix }) },
    locations: [{ physicalLocation: { artifactLocation, ...region } }],
  };
}

function messageText({ key, message, example, fix }: Pick<Finding, 'key' | 'message' | 'example' | 'fix'>): string {
  const parts = [`${key === '' ? '' : `${key}: `}${message}`];
  if (example !== null) parts.push(`For example ${example}`);
  if (fix !== null) parts.push(`Put before it:\n${fix.trimEnd()}`);
  return parts.join('\n');
}
