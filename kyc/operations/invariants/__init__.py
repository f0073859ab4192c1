"""What always holds, I1 to I10, checked over database, storage, broker and audit."""

from kyc.operations.invariants.findings import Broken, Report
from kyc.operations.invariants.run import CHECKS, check, reports

__all__ = ["CHECKS", "Broken", "Report", "check", "reports"]
