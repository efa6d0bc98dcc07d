"""Listing reports: a seller's items in one marketplace, with the columns that Amazon's own reports have.

These files are not quoted, so nothing within a value may look like the end of a column or of a line: tabs, line breaks
and other control characters become a space each. Lines end with LF, and stand in the order of their SKUs. Instants are
in UTC, and say so. A report covers the first of its marketplaces alone, as Amazon's does.
"""

from daybook.report_types.listings.columns import FYP, LISTINGS, LISTINGS_WITH_STATUS, OPEN_LISTINGS
from daybook.report_types.listings.ports import Layout
from daybook.report_types.listings.producer import ListingReport

PRODUCERS = (
    ListingReport("GET_MERCHANT_LISTINGS_ALL_DATA", Layout(LISTINGS_WITH_STATUS)),
    ListingReport("GET_MERCHANT_LISTINGS_DATA", Layout(LISTINGS, status="Active")),
    ListingReport("GET_MERCHANT_LISTINGS_INACTIVE_DATA", Layout(LISTINGS, status="Inactive")),
    ListingReport("GET_FLAT_FILE_OPEN_LISTINGS_DATA", Layout(OPEN_LISTINGS, status="Active")),
    ListingReport("GET_MERCHANTS_LISTINGS_FYP_REPORT", Layout(FYP, lacking=True)),
)
