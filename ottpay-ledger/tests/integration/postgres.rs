//! The store on PostgreSQL: what only it can get wrong.
