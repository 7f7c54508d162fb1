// Which page a problem belongs to.
import type { ProblemView } from "../ipc";

/** It is in the rules file, so the rules page shows it with its line. */
export const inRules = (problem: Pick<ProblemView, "file">): boolean => /(^|[\\/])notifications\.yaml$/.test(problem.file ?? "");
