import type { CheckReport, ReportedCertificate } from '../report.ts';
import { printable } from '../terminal/printable.ts';

/** A report for somebody's screen: the message first, what was seen below it. */
export function textOf(report: CheckReport): string {
  const { system } = report;
  const lines = [
    report.message,
    '',
    `Verdict       ${report.verdict}`,
    `Software      ${system.library?.description ?? 'none loaded'} (${system.module})`,
    `Service       ${system.service}`,
    ...report.readers.map(({ name, card }) => `Reader        ${name}: ${card}`),
    ...report.tokens.map(({ label, serial, reader }) => `Token         ${label} (${serial}) in ${reader}`),
    ...report.certificates.map(certificateLine),
    ...(system.detail === null ? [] : [`Detail        ${system.detail}`]),
    ...(system.trustBundle.problem === null ? [] : [`Trust bundle  ${system.trustBundle.problem}`]),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function certificateLine({ subject, role, notAfter, chain }: ReportedCertificate): string {
  const proof = chain.status === 'untrusted' ? `untrusted (${chain.reason})` : chain.status;
  return `Certificate   ${subject}: ${role}, until ${notAfter.slice(0, 10)}, chain ${proof}`;
}
