//! Enums that are tables.

/// An enum with a row for each variant and a method for each column, named with its place in the row. `ALL` has
/// the variants in their order.
macro_rules! table {
    (
        $(#[$attribute:meta])*
        pub enum $name:ident { $($(#[$about:meta])* $variant:ident = $first:expr $(, $other:expr)*;)+ }
        $($(#[$column_about:meta])* $column:ident: $type:ty = $place:tt;)+
    ) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$about])* $variant,)+ }

        impl $name {
            /// All of them, in their order.
            pub const ALL: [Self; [$(Self::$variant),+].len()] = [$(Self::$variant),+];

            const fn row(self) -> ($($type,)+) {
                match self { $(Self::$variant => ($first, $($other,)*),)+ }
            }

            $(
                $(#[$column_about])*
                #[must_use]
                pub fn $column(self) -> $type {
                    self.row().$place
                }
            )+
        }
    };
}

pub(crate) use table;
