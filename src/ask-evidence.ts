// The question for evidence, asked as often as its text and the stretch of time want it, as one answer.
import { type Evidence, noEvidence, readEvidence } from "./findings/evidence.ts";
import { mergeEvidence } from "./findings/merge-evidence.ts";
import { evidenceParts } from "./hunts/evidence-parts.ts";
import { type EvidenceRequest, evidenceQuery } from "./hunts/evidence-query.ts";
import type { Answer } from "./ports.ts";
import { Problem } from "./problems.ts";
import type { TimeWindow } from "./time.ts";

export interface AskedEvidence {
  readonly evidence: Evidence;
  /** False where asking again may say more: the service did not answer, or answered in part. */
  readonly answered: boolean;
}

/** One request over one stretch; none of several overlap. */
export interface EvidenceAsk {
  readonly request: EvidenceRequest;
  readonly window: TimeWindow;
}

/** Throws the Problem of the first question; where a later one fails, what was answered before stands. */
export async function askEvidence(
  question: string,
  asks: readonly EvidenceAsk[],
  ask: (kql: string, window: TimeWindow) => Promise<Answer>,
): Promise<AskedEvidence> {
  const answers: Evidence[] = [];
  let answered = true;
  const leftOut = new Set<string>();
  for (const { request, window } of asks) {
    const parts = evidenceParts(request);
    leftOut.add(parts.leftOut);
    for (const part of parts.requests) {
      try {
        const answer = await ask(evidenceQuery(question, part), window);
        answered &&= answer.whole;
        answers.push(readEvidence(answer));
      } catch (error) {
        if (!(error instanceof Problem) || answers.length === 0) throw error;
        answered = false;
        answers.push({ ...noEvidence, whole: false, missing: error.message });
      }
    }
  }
  return { evidence: mergeEvidence(answers, [...leftOut].filter((text) => text !== "").join("; ")), answered };
}
