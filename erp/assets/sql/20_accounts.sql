-- Companies that are there already: accounts owed to and by employees and those of fixed assets are kept by their own documents from now on,
-- where nothing was posted to them yet. What is owed for expense claims gets an account of its own beside the payroll's.
INSERT INTO erp_account (company_id, code, name, type, control, is_active)
SELECT DISTINCT a.company_id, '2405', 'Owed to employees', 'liability', 'clearing', true
  FROM erp_accountassignment a JOIN erp_accountassignment b ON b.account_id = a.account_id AND b.role = 'PAYROLL_PAYABLE'
 WHERE a.role = 'EMPLOYEE_PAYABLE' AND NOT EXISTS (SELECT 1 FROM erp_account x WHERE x.company_id = a.company_id AND x.code = '2405');
UPDATE erp_accountassignment r SET account_id = n.id FROM erp_account n
 WHERE r.role = 'EMPLOYEE_PAYABLE' AND n.company_id = r.company_id AND n.code = '2405' AND n.control = 'clearing'
   AND EXISTS (SELECT 1 FROM erp_accountassignment p WHERE p.account_id = r.account_id AND p.role = 'PAYROLL_PAYABLE');
UPDATE erp_account a SET control = 'clearing'
 WHERE a.control = '' AND EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id
                                   AND r.role IN ('FA_COST', 'ACCUM_DEPRECIATION', 'EMPLOYEE_ADVANCES', 'EMPLOYEE_PAYABLE'))
   AND NOT EXISTS (SELECT 1 FROM erp_accountassignment r WHERE r.account_id = a.id
                      AND r.role NOT IN ('FA_COST', 'ACCUM_DEPRECIATION', 'EMPLOYEE_ADVANCES', 'EMPLOYEE_PAYABLE'))
   AND NOT EXISTS (SELECT 1 FROM erp_journalline l WHERE l.account_id = a.id);
